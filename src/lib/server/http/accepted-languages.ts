/** Language tags of `Accept-Language`, most wanted first, without those of weight 0 (RFC 9110 §12.5.4). */
export function acceptedLanguages(request: Request): string[] {
	return (request.headers.get('accept-language') ?? '')
		.split(',')
		.map((range) => {
			const [tag = '', ...parameters] = range.trim().split(';');
			const weight = parameters.map((one) => /^\s*q=([\d.]+)$/i.exec(one)?.[1]).find(Boolean);
			return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) };
		})
		.filter(({ tag, weight }) => tag !== '' && tag !== '*' && weight > 0)
		.sort((a, b) => b.weight - a.weight)
		.map(({ tag }) => tag);
}
