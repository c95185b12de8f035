import { expect, it } from 'vitest';
import { estimatedUsd, KNOWN_MODELS, LIST_PRICES, listPrice, USUAL_MODELS } from './prices.ts';
import { isSpeechService } from './speech-service.ts';

it('finds the price of the usual model when none is set', () => {
	const price = listPrice('elevenlabs', '', '');
	expect(price?.model).toBe('scribe_v2_realtime');
	expect(price && estimatedUsd(price, 600_000)).toBeCloseTo(0.065);
});

it('knows no price of a server of one’s own, of an unknown model, and of this machine', () => {
	expect(listPrice('elevenlabs', '', 'http://own')).toBeNull();
	expect(listPrice('openai', 'gpt-next', '')).toBeNull();
	expect(listPrice('local', '', '')).toBeNull();
});

it('every price says where and when it was read', () => {
	for (const { source, asOf, usdPerHour, service } of LIST_PRICES) {
		expect(isSpeechService(service)).toBe(true);
		expect(source).toMatch(/^https:\/\//);
		expect(asOf).toMatch(/^20\d\d-[01]\d-[0-3]\d$/);
		expect(usdPerHour).toBeGreaterThan(0);
	}
});

it('the usual model of a service is among those that are offered', () => {
	for (const [service, model] of Object.entries(USUAL_MODELS))
		expect(KNOWN_MODELS[service]).toContain(model);
});
