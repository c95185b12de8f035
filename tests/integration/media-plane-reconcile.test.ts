import { decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MediaPath } from '#lib/domain/media-path.ts';
import type { BoothChange } from '#lib/server/booths/service.ts';
import { runCommand } from '#lib/server/commands.ts';
import { eventually } from '../support/eventually.ts';
import { startPlane, type Interpreter, type Plane } from '../support/plane.ts';
import { toneVoice, type Voice } from '../support/voices.ts';
import { openSession } from '../support/webrtc/endpoint.ts';
import { offeringPeer } from '../support/webrtc/peer.ts';
import { listen } from '../support/webrtc/whep-reader.ts';
import { publish, type WhipPublisher } from '../support/webrtc/whip-publisher.ts';

const FR = 'conf/fr' as MediaPath;
const keyOf = (token: string) => decodeProtectedHeader(token).kid;

/** The portal's own processes and parts on a real media server, with native publishers. */
function mediaPlane(name: string, binary: string | null): void {
	describe(`media plane on ${name}`, () => {
		let plane: Plane;
		let low: Voice;
		let high: Voice;
		const opened: { close(): void }[] = [];

		beforeAll(async () => {
			[plane, low, high] = await Promise.all([startPlane(binary), toneVoice(440), toneVoice(880)]);
		});
		afterAll(() => plane.stop());

		let ana: Interpreter;
		let ben: Interpreter;
		beforeEach(async () => {
			ana = await plane.sit(plane.booths.fr, 'ana');
			ben = await plane.sit(plane.booths.fr, 'ben');
		});
		afterEach(async () => {
			for (const each of opened.splice(0)) each.close();
			for (const person of [ana, ben]) await person.act({ type: 'leave' });
			await plane.untilPhase(plane.booths.fr, 'empty');
			await eventually('no session is left', async () => (await sessions()).length === 0);
		});

		const sessions = async () =>
			(await plane.app().media.publishSessions()).filter(({ path }) => path === FR);
		const isGone = (publisher: WhipPublisher) =>
			eventually(
				'the session is ended',
				async () => (await plane.app().media.session(publisher.session.id)) === null
			);
		function keep<T extends { close(): void }>(thing: T): T {
			opened.push(thing);
			return thing;
		}

		/** What happens in the booth while `during` runs. */
		async function eventsWhile(during: () => Promise<unknown>): Promise<string[]> {
			const seen: string[] = [];
			const forget = plane.app().booths.onChange((change: BoothChange) => {
				if (change.boothId === plane.booths.fr) seen.push(...change.events.map(({ type }) => type));
			});
			await during();
			forget();
			return seen;
		}

		describe('paths', () => {
			it('are there for every room and language before anybody came', async () => {
				const paths = (await plane.app().media.listPaths()).map(({ path }) => path);
				expect(paths.sort()).toEqual(['conf/de', 'conf/floor', 'conf/fr', 'conf/side/ar']);
			});
		});

		describe('on air', () => {
			it('is live with the first sound, not with the connection', async () => {
				await ana.act({ type: 'go-live' });
				const publisher = keep(await ana.connect(low));
				await eventually('it is connected', async () => (await sessions()).length === 1);
				await plane.app().reconciler.look(plane.booths.fr);
				expect((await plane.phase(plane.booths.fr)).kind).toBe('going-live');
				expect(plane.app().reconciler.ingest(plane.booths.fr).status).toBe('disconnected');

				publisher.speak();
				const live = await plane.untilPhase(plane.booths.fr, 'live');
				expect(live.active.seat).toBe(ana.seat);
				await eventually(
					'the ingest is shown',
					() => plane.app().reconciler.ingest(plane.booths.fr).status === 'connected'
				);
			});

			it('ends with the sound, whoever says what', async () => {
				const publisher = keep(await ana.goLive(low));
				await publisher.leave();
				const ready = await plane.untilPhase(plane.booths.fr, 'ready');
				expect(ready).toMatchObject({ reason: 'sound-lost', active: { seat: ana.seat } });
			});

			it('ends with a sound that died in silence, and so does its session', async () => {
				const publisher = keep(await ana.goLive(low));
				publisher.pause();
				const ready = await plane.untilPhase(plane.booths.fr, 'ready');
				expect(ready.reason).toBe('sound-lost');
				await isGone(publisher);
			});

			it('ends when the interpreter stops or the channel is closed, and the session with it', async () => {
				const first = keep(await ana.goLive(low));
				await ana.act({ type: 'stop' });
				await isGone(first);
				const second = keep(await ana.goLive(low));
				await ana.act({ type: 'close' });
				await isGone(second);
				expect((await ana.askTicket()).code).toBe('not_active');
				await ana.act({ type: 'open' });
			});
		});

		describe('somebody who may not publish', () => {
			it('gets no ticket', async () => {
				expect(await ana.askTicket()).toMatchObject({ status: 403, code: 'not_active' });
				await ana.act({ type: 'go-live' });
				expect((await ana.askTicket()).status).toBe(200);
				expect(await ben.askTicket()).toMatchObject({ status: 403, code: 'not_active' });
			});

			it('is ended with a stale ticket, before it is heard, and the one on air stays there', async () => {
				keep(await ana.goLive(low));
				const { ticket } = await ana.askTicket();
				if (ticket === null) throw new Error('no ticket');
				await ana.act({ type: 'set-active', to: ben.seat });
				const rightful = keep(await ben.goLive(high));

				const peer = keep(
					offeringPeer('stale', [{ kind: 'audio', direction: 'SendOnly', ssrc: 7 }])
				);
				const stale = await openSession(ticket, await peer.fullOffer);
				await eventually(
					'the stale session is ended',
					async () => (await plane.app().media.session(stale.id)) === null
				);
				expect(await plane.app().media.publisher(FR)).toMatchObject({
					sessionId: rightful.session.id,
					user: `seat:${ben.seat}`
				});
				expect(await plane.phase(plane.booths.fr)).toMatchObject({ active: { seat: ben.seat } });
			});

			it('is ended before a packet was sent', async () => {
				await ana.act({ type: 'go-live' });
				const waiting = keep(await ana.connect(low));
				await ana.act({ type: 'stop' });
				await isGone(waiting);
			});

			it('cannot publish to another channel with a ticket for this one', async () => {
				await ana.act({ type: 'go-live' });
				const { ticket } = await ana.askTicket();
				if (ticket === null) throw new Error('no ticket');
				const elsewhere = { ...ticket, url: ticket.url.replace('/fr/', '/de/') };
				await expect(publish(elsewhere, low)).rejects.toThrow(/401/);
			});
		});

		describe('a handover', () => {
			async function accepted(): Promise<WhipPublisher> {
				const outgoing = keep(await ana.goLive(low));
				await ana.act({ type: 'offer', to: ben.seat });
				await ben.act({ type: 'accept' });
				return outgoing;
			}

			it('moves the right when the newcomer is heard, and ends the outgoing voice', async () => {
				const outgoing = await accepted();
				const incoming = keep(await ben.connect(high));
				expect((await plane.phase(plane.booths.fr)).kind).toBe('handing-over');
				expect(await plane.app().media.session(outgoing.session.id)).not.toBeNull();

				incoming.speak();
				await eventually('the right has moved', async () => {
					const now = await plane.phase(plane.booths.fr);
					return now.kind === 'live' && now.active.seat === ben.seat;
				});
				await isGone(outgoing);
				expect(await plane.app().media.session(incoming.session.id)).not.toBeNull();
			});

			it('to somebody who never speaks leaves everything as it was', async () => {
				const outgoing = await accepted();
				const silent = keep(await ben.connect(high));
				const seen = await eventsWhile(() => plane.untilPhase(plane.booths.fr, 'live', 15_000));
				expect(seen).toEqual(['handover-ended']);
				expect(await plane.phase(plane.booths.fr)).toMatchObject({ active: { seat: ana.seat } });
				await isGone(silent);
				expect(await plane.app().media.session(outgoing.session.id)).not.toBeNull();
				expect((await ben.askTicket()).code).toBe('not_active');
			});
		});

		describe('new signing keys', () => {
			const rotate = (input: object) => runCommand(plane.app(), 'keys-rotate', input);

			it('are known to the media server before the first ticket, and the old ones stay good', async () => {
				keep(await ana.goLive(low));
				const { ticket: old } = await ana.askTicket();
				if (old === null) throw new Error('no ticket');
				expect((await rotate({})).ok).toBe(true);
				const { ticket } = await ana.askTicket();
				if (ticket === null) throw new Error('no ticket');
				expect(keyOf(ticket.token)).not.toBe(keyOf(old.token));
				keep(await publish(ticket, low));
				keep(await publish(old, low));
			});

			it('void what a stolen one signed', async () => {
				await ana.act({ type: 'go-live' });
				const { ticket: old } = await ana.askTicket();
				if (old === null) throw new Error('no ticket');
				expect((await rotate({ revokeOld: true })).ok).toBe(true);
				await expect(publish(old, low)).rejects.toThrow(/401/);
				keep(await ana.connect(low));
			});

			it('are not made while the media server cannot be told', async () => {
				await plane.media.kill();
				expect(await rotate({})).toMatchObject({ error: { code: 'media_server_down' } });
				await plane.media.start();
				await eventually('it is back', () => plane.app().reconciler.mediaOk());
			});
		});

		describe('when a part is killed', () => {
			it('the media server: its paths are back and the booths go to what is true', async () => {
				keep(await ana.goLive(low));
				await plane.media.kill();
				await plane.media.start();
				const ready = await plane.untilPhase(plane.booths.fr, 'ready', 15_000);
				expect(ready.reason).toBe('sound-lost');
				await eventually(
					'the paths are there again',
					async () => (await plane.app().media.listPaths()).length === 4
				);
				expect(plane.app().reconciler.mediaOk()).toBe(true);
				keep(await ana.goLive(low));
			});

			it('the media server, for good: the booth does not go on saying that it is live', async () => {
				keep(await ana.goLive(low));
				await plane.media.kill();
				await eventually('it is said', () => !plane.app().reconciler.mediaOk());
				expect((await plane.phase(plane.booths.fr)).kind).toBe('live');
				const ready = await plane.untilPhase(plane.booths.fr, 'ready', 15_000);
				expect(ready.reason).toBe('sound-lost');
				await plane.media.start();
				await eventually('it is back', () => plane.app().reconciler.mediaOk());
			});

			it('the portal: the sound goes on and the booth stays live', async () => {
				const publisher = keep(await ana.goLive(low));
				const { base, token } = await plane.app().tickets.readTicket('conf');
				const reader = keep(await listen({ url: `${base}/${FR}/whep`, token }));
				const before = await plane.phase(plane.booths.fr);

				await plane.portal.stop();
				await reader.next('the voice without a portal', ({ payload }) => payload.length > 3);
				await plane.portal.start();
				const seen = await eventsWhile(async () => {
					const heard = (await plane.app().media.session(publisher.session.id))?.packets ?? 0;
					// Four seconds of sound: as many rounds as it would take to end a publisher by mistake.
					await eventually(
						'the sound goes on',
						async () => {
							const now = (await plane.app().media.session(publisher.session.id))?.packets ?? 0;
							return now > heard + 200;
						},
						{ withinMs: 15_000 }
					);
					expect(plane.app().reconciler.ingest(plane.booths.fr).status).toBe('connected');
				});
				expect(seen).toEqual([]);
				expect(await plane.phase(plane.booths.fr)).toEqual(before);
				await reader.next('the voice after it', ({ payload }) => payload.length > 3);
			});
		});
	});
}

mediaPlane('the embedded media server', null);

const mediamtx = process.env['MEDIAMTX_BIN'] ?? '';
if (mediamtx !== '') mediaPlane(`MediaMTX (${mediamtx})`, mediamtx);
else console.info('not run: the media plane on MediaMTX, set MEDIAMTX_BIN to its binary');
