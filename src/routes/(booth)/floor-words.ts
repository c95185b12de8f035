import type { FloorSituation, FloorStore } from '#lib/client/floor-store.svelte.ts';
import { isBad } from '#lib/client/uplink.ts';
import { m } from '#lib/paraglide/messages.js';
import { judgeLevel } from './words.ts';

const MEANINGS: Record<FloorSituation, () => string> = {
	off: m.floor_meaning_off,
	other: m.floor_meaning_other,
	opening: m.floor_meaning_opening,
	sending: m.floor_meaning_sending,
	on: m.floor_meaning_on,
	lost: m.floor_meaning_lost,
	replaced: m.floor_meaning_replaced,
	'not-allowed': m.floor_meaning_not_allowed
};

export function floorMeaning(situation: FloorSituation, muted: boolean): string {
	return muted ? m.floor_meaning_muted() : MEANINGS[situation]();
}

const AIR: Record<FloorSituation, 'off' | 'standby' | 'on'> = {
	off: 'off',
	other: 'off',
	opening: 'standby',
	sending: 'standby',
	on: 'on',
	lost: 'standby',
	replaced: 'off',
	'not-allowed': 'off'
};

export function floorAir(situation: FloorSituation): 'off' | 'standby' | 'on' {
	return AIR[situation];
}

/** What threatens the room's sound, the worst first; empty when nothing does. */
export function floorWarning(store: FloorStore): string {
	if (store.ended === 'source-gone' || store.source.state.kind === 'gone')
		return m.floor_warning_source_gone();
	if (store.situation === 'lost') return m.floor_warning_media_lost();
	if (store.feed === 'stale' && store.channel !== null) return m.floor_feed_stale();
	if (!store.wanted || !store.source.isOpen || store.muted) return '';
	const level = judgeLevel(store.source.level);
	if (level === 'clipping') return m.floor_warning_clipping();
	if (level === 'silent') return m.floor_warning_silent();
	return store.quality !== null && isBad(store.quality) ? m.floor_warning_uplink_bad() : '';
}
