/**
 * A binary token list (each token as its length, seven bits a byte with the lowest first, and its bytes) as
 * the text file recognisers read: one `base64 index` a line.
 */
export function tokenList(binary: Buffer): string {
	const lines: string[] = [];
	let at = 0;
	while (at < binary.length) {
		let length = 0;
		let shift = 0;
		for (;;) {
			const byte = binary[at++];
			if (byte === undefined) throw new Error('the token list is cut off');
			length |= (byte & 0x7f) << shift;
			shift += 7;
			if (byte < 0x80) break;
		}
		if (at + length > binary.length) throw new Error('the token list is cut off');
		lines.push(`${binary.toString('base64', at, at + length)} ${lines.length}`);
		at += length;
	}
	return lines.map((line) => `${line}\n`).join('');
}
