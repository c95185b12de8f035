import type { Component } from 'svelte';
import Captions from '@lucide/svelte/icons/captions';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import DoorOpen from '@lucide/svelte/icons/door-open';
import Gauge from '@lucide/svelte/icons/gauge';
import Ear from '@lucide/svelte/icons/ear';
import Headphones from '@lucide/svelte/icons/headphones';
import KeyRound from '@lucide/svelte/icons/key-round';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import List from '@lucide/svelte/icons/list';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Settings from '@lucide/svelte/icons/settings';
import Stethoscope from '@lucide/svelte/icons/stethoscope';
import FileText from '@lucide/svelte/icons/file-text';
import UserRound from '@lucide/svelte/icons/user-round';
import Users from '@lucide/svelte/icons/users';
import { m } from '#lib/paraglide/messages.js';
import type { LayoutData } from './$types';
import type { LayoutData as EventData } from './admin/events/[event]/$types';

/** One line of the desk's navigation. */
export type NavEntry = {
	readonly href: string;
	readonly text: string;
	readonly icon: Component<{ class?: string }>;
	/** Whether only this very address counts as being there, not the pages below it. */
	readonly exact?: boolean;
};

export function platformEntries({
	me,
	mayOnPlatform
}: Pick<LayoutData, 'me' | 'mayOnPlatform'>): NavEntry[] {
	return [
		{ href: '/admin', text: m.desk_nav_dashboard(), icon: LayoutDashboard, exact: true },
		{ href: '/admin/events', text: m.desk_nav_events(), icon: List, exact: true },
		...(mayOnPlatform.manage
			? [
					{ href: '/admin/users', text: m.desk_nav_users(), icon: Users },
					{ href: '/admin/audit', text: m.desk_nav_audit(), icon: ScrollText },
					{ href: '/admin/doctor', text: m.operate_title(), icon: Stethoscope }
				]
			: []),
		...(me.hasAccount ? [{ href: '/account', text: m.desk_nav_account(), icon: UserRound }] : [])
	];
}

export function eventEntries({ event, may }: Pick<EventData, 'event' | 'may'>): NavEntry[] {
	const at = `/admin/events/${event.slug}`;
	const entry = (path: string, text: string, icon: NavEntry['icon'], exact = false): NavEntry => ({
		href: at + path,
		text,
		icon,
		exact
	});
	return [
		entry('', m.desk_nav_overview(), LayoutDashboard, true),
		entry('/rooms', m.desk_nav_rooms(), DoorOpen),
		entry('/schedule', m.desk_nav_schedule(), CalendarClock),
		...(may['event:people'] || may['room:people']
			? [entry('/people', m.desk_nav_people(), Users)]
			: []),
		...(may['event:access'] ? [entry('/access', m.desk_nav_access(), Headphones)] : []),
		...(may['booth:coordinate'] ? [entry('/listeners', m.listen_desk_title(), Ear)] : []),
		...(may['captions:configure'] ? [entry('/captions', m.desk_nav_captions(), Captions)] : []),
		...(may['transcript:read'] ? [entry('/transcripts', m.desk_nav_transcripts(), FileText)] : []),
		...(may['event:providers'] ? [entry('/providers', m.desk_nav_providers(), KeyRound)] : []),
		...(may['event:audit'] ? [entry('/audit', m.desk_nav_audit(), ScrollText)] : []),
		...(may['event:manage'] ? [entry('/settings', m.desk_nav_settings(), Settings)] : []),
		...(may['booth:coordinate']
			? [{ href: `/control/${event.slug}`, text: m.desk_nav_control(), icon: Gauge }]
			: [])
	];
}

export function isHere(entry: NavEntry, path: string): boolean {
	return path === entry.href || (!entry.exact && path.startsWith(`${entry.href}/`));
}
