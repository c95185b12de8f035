import { io, type Socket } from 'socket.io-client';
import type { Answer } from '#lib/protocol/answer.ts';
import type {
	BoothClientEvents,
	BoothServerEvents,
	BoothView,
	PublishTicket
} from '#lib/protocol/booth.ts';

/** A person who came by an invitation, without a browser: cookie, socket and what they see of their booth. */
export type Guest = {
	readonly cookie: string;
	/** The newest view. */
	view(): BoothView;
	/** The first view, from the newest on, of which `wanted` is true. @throws after `withinMs` */
	until(what: string, wanted: (view: BoothView) => boolean, withinMs?: number): Promise<BoothView>;
	/** @throws when it is refused */
	ask(name: keyof BoothClientEvents, input?: object): Promise<void>;
	ticket(): Promise<PublishTicket>;
	leave(): Promise<void>;
};

type Place = { readonly event: string; readonly language: string };

/** Redeems an invitation as the join page does. @returns the cookie */
export async function redeem(url: string, joinPath: string, name: string): Promise<string> {
	const response = await fetch(url + joinPath, {
		method: 'POST',
		headers: { origin: url, accept: 'text/html' },
		body: new URLSearchParams({ name }),
		redirect: 'manual'
	});
	const [cookie] = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
	if (response.status !== 303 || cookie === undefined)
		throw new Error(`the invitation was answered with ${response.status}`);
	return cookie;
}

export async function publishTicket(
	url: string,
	cookie: string,
	{ event, language }: Place,
	query = ''
): Promise<PublishTicket> {
	const address = `${url}/api/events/${event}/booths/${language}/whip-url${query}`;
	const response = await fetch(address, { headers: { cookie } });
	if (!response.ok) throw new Error(`no ticket: ${response.status} ${await response.text()}`);
	return (await response.json()) as PublishTicket;
}

/** Redeems an invitation, connects to `/booth` and joins. */
export async function enterBooth(
	url: string,
	joinPath: string,
	name: string,
	place: Place
): Promise<Guest> {
	const cookie = await redeem(url, joinPath, name);
	const socket: Socket<BoothServerEvents, BoothClientEvents> = io(`${url}/booth`, {
		auth: { ...place },
		extraHeaders: { cookie },
		transports: ['websocket'],
		forceNew: true
	});
	const joined = await socket.timeout(10_000).emitWithAck('booth:join', place);
	if (!joined.ok) throw new Error(`not joined: ${joined.error.code}`);
	let newest = joined.value.state;
	const watchers = new Set<(view: BoothView) => void>();
	socket.on('booth:state', (view) => {
		newest = view;
		for (const watch of [...watchers]) watch(view);
	});

	return {
		cookie,
		view: () => newest,
		until(what, wanted, withinMs = 20_000) {
			if (wanted(newest)) return Promise.resolve(newest);
			return new Promise((resolve, reject) => {
				const watch = (view: BoothView): void => {
					if (!wanted(view)) return;
					clearTimeout(timer);
					watchers.delete(watch);
					resolve(view);
				};
				const timer = setTimeout(() => {
					watchers.delete(watch);
					reject(new Error(`not within ${withinMs} ms: ${what}; ${JSON.stringify(newest.phase)}`));
				}, withinMs);
				watchers.add(watch);
			});
		},
		async ask(request, input = {}) {
			// The typed overloads cannot follow a name that is a union.
			const emit = socket.timeout(10_000).emitWithAck.bind(socket) as unknown as (
				event: string,
				payload: object
			) => Promise<Answer<unknown>>;
			const answer = await emit(request, input);
			if (!answer.ok) throw new Error(`${request}: ${answer.error.code}`);
		},
		ticket: () => publishTicket(url, cookie, place, `?seat=${newest.you.seat}`),
		async leave() {
			await socket.timeout(10_000).emitWithAck('booth:leave', {});
			socket.disconnect();
		}
	};
}
