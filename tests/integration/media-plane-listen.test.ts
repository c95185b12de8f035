import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS, type Actor } from '#lib/domain/access/policy.ts';
import { personId } from '#lib/domain/ids.ts';
import type { Answer, Closed } from '#lib/protocol/answer.ts';
import type { PublishTicket, ReadTicket } from '#lib/protocol/booth.ts';
import type {
	ChannelState,
	ListenClientEvents,
	ListenServerEvents,
	ListenSnapshot
} from '#lib/protocol/listen.ts';
import { COOKIES } from '#lib/server/auth/auth.ts';
import { events } from '#lib/server/db/schema.ts';
import { GET as listenRest } from '../../src/routes/api/events/[slug]/listen/+server.ts';
import { GET as readTicket } from '../../src/routes/api/events/[slug]/read-ticket/+server.ts';
import { POST as floorTicket } from '../../src/routes/api/events/[slug]/floor-ticket/+server.ts';
import { GET as whipUrl } from '../../src/routes/api/events/[slug]/booths/[lang]/whip-url/+server.ts';
import { eventually } from '../support/eventually.ts';
import { JOIN_CODE, routeEvent, startPlane, type Plane } from '../support/plane.ts';
import { toneVoice, type Voice } from '../support/voices.ts';
import { listen } from '../support/webrtc/whep-reader.ts';
import { publish } from '../support/webrtc/whip-publisher.ts';

type ListenSocket = Socket<ListenServerEvents, ListenClientEvents>;

let plane: Plane;
let voice: Voice;
let listenerCookie: string;
let otherCookie: string;
const opened: { close(): void }[] = [];

beforeAll(async () => {
	[plane, voice] = await Promise.all([startPlane(), toneVoice(440)]);
	const { auth, db } = plane.app();
	const [other] = await db
		.insert(events)
		.values({ slug: 'conf-two', displayName: 'Two', listenerJoinCode: 'XYZ789' })
		.returning();
	const cookieOf = async (slug: string, code: string) => {
		const event = await plane.app().events.event(slug);
		if (!event.ok) throw new Error(event.error.message);
		const login = await auth.listenerLogin(event.value.id, code);
		if (!login.ok) throw new Error(login.error.message);
		return `${COOKIES.listener(event.value.id)}=${login.value}`;
	};
	expect(other).toBeDefined();
	listenerCookie = await cookieOf('conf', JOIN_CODE);
	otherCookie = await cookieOf('conf-two', 'XYZ789');
});
afterEach(() => {
	for (const each of opened.splice(0)) each.close();
});
afterAll(() => plane.stop());

function connect(cookie: string | null): ListenSocket {
	const socket: ListenSocket = io(`${plane.url}/listen`, {
		transports: ['websocket'],
		forceNew: true,
		reconnection: false,
		...(cookie === null ? {} : { extraHeaders: { cookie } })
	});
	opened.push(socket);
	return socket;
}
const join = (socket: ListenSocket, event = 'conf') =>
	new Promise<Answer<ListenSnapshot>>((resolve) => socket.emit('listen:join', { event }, resolve));
const nextChange = (socket: ListenSocket) =>
	new Promise<{ channels: ChannelState[]; at: number }>((resolve) =>
		socket.once('listen:channels', (channels) => resolve({ channels, at: performance.now() }))
	);
const actorOf = (cookie: string | null): Promise<Actor> => plane.app().auth.actorFrom(cookie);
const technician: Actor = {
	kind: 'guest',
	person: personId('guest:tech'),
	user: null,
	name: 'Tech',
	grants: []
};
async function body<T>(
	response: Response | Promise<Response>
): Promise<{ status: number; body: T }> {
	const answered = await response;
	return { status: answered.status, body: (await answered.json()) as T };
}

describe('/listen', () => {
	it('says what there is and tells every listener at once when a booth goes live and off', async () => {
		const sockets = [connect(listenerCookie), connect(listenerCookie)] as const;
		const [answer] = await Promise.all(sockets.map((socket) => join(socket)));
		if (!answer?.ok) throw new Error('not let in');
		expect(answer.value.channels.map(({ path, air }) => [path, air])).toEqual([
			['conf/floor', 'off'],
			['conf/fr', 'off'],
			['conf/de', 'off'],
			['conf/side/ar', 'off']
		]);

		const ana = await plane.sit(plane.booths.fr, 'ana');
		const changes = sockets.map(nextChange);
		let changedAt = 0;
		const forget = plane.app().booths.onChange(({ after }) => {
			if (after.phase.kind === 'live') changedAt = performance.now();
		});
		const publisher = await ana.goLive(voice);
		opened.push(publisher);
		for (const { channels, at } of await Promise.all(changes)) {
			expect(channels).toEqual([expect.objectContaining({ path: 'conf/fr', air: 'on' })]);
			expect(at - changedAt).toBeLessThan(1_000);
		}
		forget();

		const off = nextChange(sockets[0]);
		await ana.act({ type: 'stop' });
		expect((await off).channels).toEqual([expect.objectContaining({ air: 'off' })]);
		const closed = nextChange(sockets[0]);
		await ana.act({ type: 'close' });
		expect((await closed).channels).toEqual([expect.objectContaining({ air: 'closed' })]);
		await ana.act({ type: 'open' });
		await ana.act({ type: 'leave' });
	});

	it('turns away who may not listen, and says why with a code', async () => {
		const cases = [
			{ cookie: null, code: 4001, reason: 'credentials_missing' },
			{ cookie: otherCookie, code: 4003, reason: 'not_allowed' }
		];
		for (const { cookie, code, reason } of cases) {
			const socket = connect(cookie);
			const closed = new Promise<Closed>((resolve) => socket.once('closed', resolve));
			const gone = new Promise<string>((resolve) => socket.once('disconnect', resolve));
			expect(await join(socket)).toMatchObject({ ok: false, error: { code: reason } });
			expect(await closed).toEqual({ code, reason });
			await gone;
		}
	});

	it('tells nothing of another event, and survives whatever a client sends', async () => {
		const socket = connect(otherCookie);
		const heard: unknown[] = [];
		socket.on('listen:channels', (channels) => heard.push(channels));
		const loose = socket as unknown as { emit(name: string, ...args: unknown[]): void };
		loose.emit('listen:join');
		loose.emit('listen:join', null, 'no function');
		const wrong = await new Promise<Answer>((resolve) =>
			loose.emit('listen:join', { event: ['conf'] }, resolve)
		);
		expect(wrong).toMatchObject({ ok: false, error: { code: 'invalid_input' } });
		expect(await join(socket, 'nowhere')).toMatchObject({ error: { code: 'not_found' } });
		expect((await join(socket, 'CONF-two')).ok).toBe(true);

		const witness = connect(listenerCookie);
		await join(witness);
		const change = nextChange(witness);
		const ben = await plane.sit(plane.booths.de, 'ben');
		opened.push(await ben.goLive(voice));
		await change;
		await ben.act({ type: 'leave' });
		expect(heard).toEqual([]);
		expect(socket.connected).toBe(true);
	});
});

describe('over REST', () => {
	it('the channels are the same', async () => {
		const actor = await actorOf(listenerCookie);
		const over = await body<ListenSnapshot>(
			listenRest(routeEvent(plane.app(), actor, '/', { slug: 'Conf' }) as never)
		);
		const socket = connect(listenerCookie);
		const answer = await join(socket);
		if (!answer.ok) throw new Error(answer.error.message);
		expect(over.status).toBe(200);
		expect(over.body.channels).toEqual(answer.value.channels);
	});

	it.each(['listen', 'read-ticket'] as const)(
		'%s is for listeners of the event alone',
		async (name) => {
			const handler = name === 'listen' ? listenRest : readTicket;
			const ask = async (cookie: string | null, slug = 'conf') =>
				(await handler(routeEvent(plane.app(), await actorOf(cookie), '/', { slug }) as never))
					.status;
			expect(await ask(listenerCookie)).toBe(200);
			expect(await ask(null)).toBe(401);
			expect(await ask(otherCookie)).toBe(403);
			expect(await ask(listenerCookie, 'conf-two')).toBe(403);
			expect(await ask(listenerCookie, 'nowhere')).toBe(404);
		}
	);

	it('a read ticket opens the channels of its event and of no other', async () => {
		const ask = async (cookie: string, slug: string) =>
			(
				await body<ReadTicket>(
					readTicket(routeEvent(plane.app(), await actorOf(cookie), '/', { slug }) as never)
				)
			).body;
		const ticket = await ask(listenerCookie, 'conf');
		opened.push(await listen({ url: `${ticket.base}/conf/fr/whep`, token: ticket.token }));
		opened.push(await listen({ url: `${ticket.base}/conf/side/ar/whep`, token: ticket.token }));
		const foreign = await ask(otherCookie, 'conf-two');
		await expect(
			listen({ url: `${foreign.base}/conf/fr/whep`, token: foreign.token })
		).rejects.toThrow(/401/);
		await expect(
			publish({ url: `${ticket.base}/conf/fr/whip`, token: ticket.token }, voice)
		).rejects.toThrow(/401/);
	});
});

describe('the floor', () => {
	const scope = async () => {
		const found = await plane.app().events.room('conf', null);
		if (!found.ok) throw new Error(found.error.message);
		return found.value.scope;
	};
	const tech = async (): Promise<Actor> => ({
		...technician,
		grants: [{ role: 'coordinator', at: await scope() }]
	});

	it('is brought in by whoever may, and is on air while it is heard', async () => {
		const params = { slug: 'conf', lang: 'Floor' };
		const ask = async (actor: Actor) =>
			body<PublishTicket>(whipUrl(routeEvent(plane.app(), actor, '/', params)));
		expect((await ask(technician)).status).toBe(403);
		expect((await ask(ANONYMOUS)).status).toBe(403);
		const { status, body: ticket } = await ask(await tech());
		expect(status).toBe(200);
		expect(ticket.url).toMatch(/\/conf\/floor\/whip$/);

		const socket = connect(listenerCookie);
		await join(socket);
		const on = nextChange(socket);
		const publisher = await publish(ticket, voice);
		opened.push(publisher);
		publisher.speak();
		expect((await on).channels).toEqual([
			expect.objectContaining({ path: 'conf/floor', air: 'on' })
		]);
		const off = nextChange(socket);
		await publisher.leave();
		expect((await off).channels).toEqual([expect.objectContaining({ air: 'off' })]);
	});

	it('has a long ticket for a program, for whoever may', async () => {
		const ask = async (actor: Actor, wanted: object) =>
			body<PublishTicket>(
				floorTicket(routeEvent(plane.app(), actor, '/', { slug: 'conf' }, wanted) as never)
			);
		expect((await ask(technician, {})).status).toBe(403);
		expect((await ask(await tech(), { hours: 10_000 })).status).toBe(400);
		expect((await ask(await tech(), { room: 'nowhere' })).status).toBe(404);
		const { body: ticket } = await ask(await tech(), { hours: 48 });
		expect(ticket.expiresAt - Date.now()).toBeGreaterThan(47 * 3_600_000);
		const program = await publish(ticket, voice, { withVideo: true });
		opened.push(program);
		program.speak();
		await eventually(
			'the floor is connected',
			() => plane.app().reconciler.ingest(plane.booths.floor).status === 'connected'
		);
	});
});

describe('whip-url', () => {
	const ask = async (actor: Actor, lang: string, query = '') =>
		body<{ error: { code: string } }>(
			whipUrl(routeEvent(plane.app(), actor, `/${query}`, { slug: 'conf', lang }))
		);

	it('is 404 for a booth that is not there, and 403 for anyone who may not publish now', async () => {
		const ana = await plane.sit(plane.booths.fr, 'ana');
		const codes = async (actor: Actor, lang: string, query?: string) => {
			const { status, body: answered } = await ask(actor, lang, query);
			return [status, answered.error?.code];
		};
		expect(await codes(ana.actor, 'xx')).toEqual([404, 'not_found']);
		expect(await codes(ana.actor, 'not a language')).toEqual([404, 'not_found']);
		expect(await codes(ana.actor, 'ar')).toEqual([404, 'not_found']);
		expect(await codes(ana.actor, 'ar', '?room=side')).toEqual([403, 'not_active']);
		expect(await codes(ana.actor, 'fr')).toEqual([403, 'not_active']);
		expect(await codes(ANONYMOUS, 'fr')).toEqual([403, 'not_active']);
		await ana.act({ type: 'go-live' });
		expect(await codes(ana.actor, 'FR')).toEqual([200, undefined]);
		expect(await codes(ana.actor, 'fr', '?seat=somebody-elses')).toEqual([403, 'not_active']);
		const withoutRight: Actor = { ...technician, person: ana.person };
		expect(await codes(withoutRight, 'fr', `?seat=${ana.seat}`)).toEqual([403, 'not_active']);
		await ana.act({ type: 'leave' });
	});

	it('is held back when one asks without end', async () => {
		const someone: Actor = { ...technician, person: personId('guest:loop') };
		const statuses = await Promise.all(
			Array.from({ length: 60 }, async () => (await ask(someone, 'fr')).status)
		);
		expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
		expect(statuses.filter((status) => status === 403).length).toBeGreaterThan(10);
	});
});
