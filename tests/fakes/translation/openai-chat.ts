import { serveTranslation, translated, FAKE_KEY, type TranslationFake } from './fake.ts';

/**
 * `POST /v1/chat/completions`, as documented in November 2026:
 * - https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create
 * - errors: https://developers.openai.com/api/docs/guides/error-codes (401, 404 model_not_found, 429
 *   insufficient_quota or rate_limit_exceeded, 500, 503)
 */
const FIELDS = ['model', 'messages', 'max_completion_tokens', 'reasoning_effort', 'user'];

export function serveOpenaiChat(): Promise<TranslationFake> {
	return serveTranslation({
		path: '/v1/chat/completions',
		base: '/v1',
		fields: FIELDS,
		hasKey: ({ headers }) => headers.authorization === `Bearer ${FAKE_KEY}`,
		check({ model, messages }) {
			const list = Array.isArray(messages) ? (messages as Record<string, unknown>[]) : [];
			return [
				...(typeof model === 'string' && model !== '' ? [] : ['no model']),
				...(list.at(-1)?.['role'] === 'user' ? [] : ['the last message is not the user’s']),
				...list
					.filter(
						({ role }) => !['system', 'developer', 'user', 'assistant'].includes(String(role))
					)
					.map(({ role }) => `role ${String(role)}`),
				...list
					.filter(({ content }) => typeof content !== 'string' || content === '')
					.map(() => 'empty content')
			];
		},
		answer({ model, messages }) {
			const list = messages as { role: string; content: string }[];
			const target = /into (\S+) \(BCP-47/.exec(list[0]?.content ?? '')?.[1] ?? '?';
			return {
				id: 'chatcmpl-1',
				object: 'chat.completion',
				created: 1_795_000_000,
				model,
				choices: [
					{
						index: 0,
						finish_reason: 'stop',
						message: {
							role: 'assistant',
							content: `${translated(list.at(-1)?.content ?? '', target)}\n`,
							refusal: null
						}
					}
				],
				usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
			};
		},
		refusals: {
			'bad-key': [401, { error: { code: 'invalid_api_key', message: 'Incorrect API key' } }],
			quota: [429, { error: { code: 'insufficient_quota', message: 'check your billing' } }],
			'rate-limit': [429, { error: { code: 'rate_limit_exceeded', message: 'slow down' } }],
			'bad-settings': [404, { error: { code: 'model_not_found', message: 'no such model' } }],
			overloaded: [503, { error: { code: null, message: 'overloaded' } }],
			'server-error': [500, { error: { code: null, message: 'internal' } }]
		}
	});
}
