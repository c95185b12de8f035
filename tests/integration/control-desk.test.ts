import { desc, eq } from 'drizzle-orm';
import { io, type Socket } from 'socket.io-client';
import { afterEach, expect, it } from 'vitest';
import type { Answer } from '#lib/protocol/answer.ts';
import type { DeskChanges, DeskSnapshot } from '#lib/protocol/control.ts';
import type { Together } from '#lib/protocol/booth.ts';
import { auditLog, booths, invites } from '#lib/server/db/schema.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { useScene, type Scene } from '../support/booth-scene.ts';
import { eventually } from '../support/eventually.ts';

/** A page at the desk, as the portal knows it. */
class DeskPage {
	readonly socket: Socket;
	snapshot: DeskSnapshot | null = null;
	readonly changes: DeskChanges[] = [];
	closed: { code: number } | null = null;

	constructor(url: string, cookie: string | null) {
		this.socket = io(`${url}/control`, {
			...{ transports: ['websocket'], forceNew: true, reconnection: false },
			extraHeaders: cookie === null ? {} : { cookie }
		});
		this.socket.on('control:changes', (changes: DeskChanges) => this.changes.push(changes));
		this.socket.on('closed', (closed: { code: number }) => (this.closed = closed));
	}

	async ask(name: string, input: object): Promise<Answer<unknown>> {
		return (await this.socket.timeout(10_000).emitWithAck(name, input)) as Answer<unknown>;
	}

	async code(name: string, input: object): Promise<string> {
		const answer = await this.ask(name, input);
		return answer.ok ? 'ok' : answer.error.code;
	}

	get entries() {
		return this.changes.findLast(({ entries }) => entries !== null)?.entries ?? [];
	}
}

const open: DeskPage[] = [];
afterEach(() => {
	for (const page of open.splice(0)) page.socket.disconnect();
});

function pageOf({ portal }: Scene, cookie: string | null): DeskPage {
	const page = new DeskPage(portal.url, cookie);
	open.push(page);
	return page;
}

async function coordinator(scene: Scene): Promise<DeskPage> {
	const page = pageOf(scene, await scene.invite('Cora', 'coordinator'));
	const answer = await page.ask('control:join', { event: scene.hall.slug, as: 'desk' });
	if (!answer.ok) throw new Error(answer.error.code);
	page.snapshot = answer.value as DeskSnapshot;
	return page;
}

describeOnEachDatabase('control desk', (kind) => {
	const scene = useScene(kind);

	it('shows a coordinator every booth of the event and nobody else anything', async () => {
		const { snapshot } = await coordinator(scene());
		expect(snapshot?.booths.map(({ language }) => language).sort()).toEqual(['de', 'fr']);
		const wanted = { event: scene().hall.slug, as: 'desk' };
		for (const [cookie, code] of [
			[null, 4001],
			[await scene().invite('Ana'), 4003],
			[await scene().invite('Lena', 'listener'), 4003],
			[await scene().invite('Sam', 'support'), 4003]
		] as const) {
			const page = pageOf(scene(), cookie);
			expect(await page.code('control:join', wanted)).toBe('forbidden');
			await eventually('dismissed', () => page.closed?.code === code);
		}
		const foreign = { event: `${scene().hall.slug}-foreign`, as: 'desk' };
		const page = pageOf(scene(), await scene().invite('Cora', 'coordinator'));
		expect(await page.code('control:join', foreign)).toBe('forbidden');
	});

	it('acts on its own booths alone, tells the people there, and leaves a record', async () => {
		const desk = await coordinator(scene());
		const ana = await scene().interpreter('Ana');
		await scene().goLive(ana);
		const { booth } = scene().hall;
		const takeOff = { booth, reason: 'crackles' };
		expect(await desk.code('control:take-off', takeOff)).toBe('ok');
		await ana.untilPhase('ready Ana');
		expect(await ana.untilNotice('taken_off')).toMatchObject({ text: 'crackles' });
		expect(ana.view.phase).toMatchObject({ reason: 'taken-off' });
		expect(await desk.code('control:take-off', takeOff)).toBe('not_on_air');
		expect(await desk.code('control:close', { booth })).toBe('ok');
		await ana.untilPhase('closed');

		const { db } = scene().database;
		const rows = await db.select({ id: booths.id }).from(booths).orderBy(desc(booths.id)).limit(1);
		const foreign = rows[0]?.id ?? 0;
		expect(foreign).not.toBe(booth);
		expect(await desk.code('control:close', { booth: foreign })).toBe('not_found');
		const recorded = await db.select().from(auditLog).where(eq(auditLog.boothId, booth));
		expect(recorded.map(({ action }) => action).sort()).toEqual([
			'booth.closed',
			'booth.taken_off'
		]);
	});

	it('passes calls on until they are done, and never back', async () => {
		const desk = await coordinator(scene());
		const ana = await scene().interpreter('Ana');
		expect(await ana.code('booth:help', { text: 'No slides' })).toBe('ok');
		await eventually('the call at the desk', () => desk.entries.length === 1);
		const [call] = desk.entries;
		expect(call).toMatchObject({ kind: 'help', text: 'No slides', name: 'Ana', state: 'open' });
		const move = (state: string) => desk.code('control:move', { id: call?.id ?? '', state });
		expect(await move('handled')).toBe('ok');
		const answer = await ana.ask('booth:together');
		expect(answer.ok && (answer.value as Together).matters[0]).toMatchObject({ handler: 'Cora' });
		expect(await move('done')).toBe('ok');
		expect(await move('handled')).toBe('past');
	});

	it('refuses a relay that comes back, and keeps what was chosen and agreed', async () => {
		const ana = await scene().interpreter('Ana');
		const dora = scene().page(await scene().invite('Dora'));
		await dora.connect();
		await dora.join({ ...scene().hall.place, language: 'de' });
		const [french, german] = [ana.view.booth, dora.view.booth];
		expect(await ana.code('booth:relay', { from: german })).toBe('ok');
		expect(await dora.code('booth:relay', { from: french })).toBe('relay_loop');
		expect(await ana.code('booth:relay', { from: french })).toBe('relay_self');
		await dora.until('the key shows it', () => dora.view.relays[0]?.allowed === false);
		expect(await ana.code('booth:consent', { captions: false })).toBe('ok');
		await ana.until('consent in the view', () => ana.view.participants[0]?.captions === false);
		expect(await ana.code('booth:relay', { from: null })).toBe('ok');
		await dora.until('the key is free', () => dora.view.relays[0]?.allowed === true);
	});

	it('shares notes in the booth and sends a coordinator away whose right is gone', async () => {
		const { ana, ben } = await scene().pair();
		let shared: Together | null = null;
		ben.socket.on('booth:together', (together) => (shared = together));
		expect(await ana.code('booth:note', { text: '4.7 billion' })).toBe('ok');
		await eventually('the note', () => shared?.notes[0]?.text === '4.7 billion');

		const desk = await coordinator(scene());
		const { db } = scene().database;
		const revoked = await db
			.update(invites)
			.set({ revokedAt: new Date() })
			.where(eq(invites.label, 'Cora'))
			.returning({ id: invites.id });
		// The coordinators of the other tests' events are among them.
		for (const { id } of revoked) await scene().portal.rights.changed({ invite: id });
		await eventually('dismissed', () => desk.closed !== null);
	});
});
