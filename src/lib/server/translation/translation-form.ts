import { z } from 'zod';
import { TRANSLATION_NEEDS, TRANSLATION_SERVICES } from '#lib/domain/captions/translation.ts';
import { FLOOR, parseLanguage } from '#lib/domain/language.ts';
import { TARGETS_MAX } from './settings.ts';

/** What the translation form sends; faults are codes by field. */

const targets = z
	.string()
	.transform((text, context) => {
		const found: string[] = [];
		for (const part of text.split(/[,;\s]+/).filter((one) => one !== '')) {
			const language = parseLanguage(part);
			if (!language.ok || language.value === FLOOR) {
				context.addIssue({ code: 'custom', message: 'targets' });
				return z.NEVER;
			}
			found.push(language.value);
		}
		return [...new Set(found)];
	})
	.pipe(z.array(z.string()).max(TARGETS_MAX, 'targets'));

export const translationForm = z
	.object({
		enabled: z.boolean(),
		service: z.enum(TRANSLATION_SERVICES),
		model: z.string().trim().max(120, 'long'),
		server: z
			.string()
			.trim()
			.max(500, 'long')
			.refine((text) => text === '' || isHttp(text), 'server'),
		targets
	})
	.superRefine(({ enabled, service, model, server, targets }, context) => {
		// Half-filled settings may be kept as long as nothing runs with them.
		if (!enabled) return;
		const needs = TRANSLATION_NEEDS[service];
		const complain = (path: string, message: string) =>
			context.addIssue({ code: 'custom', path: [path], message });
		if (needs.model && model === '') complain('model', 'model');
		if (needs.server && server === '') complain('server', 'server_needed');
		if (targets.length === 0) complain('targets', 'targets');
	});

function isHttp(text: string): boolean {
	return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
