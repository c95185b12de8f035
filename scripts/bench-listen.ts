/**
 * Measures how many listeners one portal serves: sockets of `/listen` that read one channel's captions, the time
 * from a final's storing to every one of them, the portal's memory, and how long they take to join from one
 * address. `npm run bench:listen -- SOCKETS FINALS`; prints JSON. The clients are a process of their own, on the same
 * machine.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { WebSocket } from 'ws';
import { boothId } from '#lib/domain/ids.ts';
import { composeApp } from '#lib/server/app.ts';
import { booths, events, rooms, segments } from '#lib/server/db/schema.ts';

const SLUG = 'bench';
const PAUSE_MS = 1_000;
const MEGABYTE = 1_048_576;

type Told =
	| { readonly kind: 'joined'; readonly ms: number }
	| { readonly kind: 'heard'; readonly latencies: number[] };

const [role = '', ...rest] = process.argv.slice(2);
if (role === 'clients')
	await clients(rest[0] ?? '', Number(rest[1]), Number(rest[2]), Number(rest[3]));
else await portal(Number(role || 5_000), Number(rest[0] ?? 20));

async function portal(sockets: number, finals: number): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'voxbento-bench-'));
	const http = createServer((_, response) => void response.writeHead(404).end());
	http.listen(0, '127.0.0.1');
	await once(http, 'listening');
	const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
	const app = await composeApp(http, {
		DATA_DIR: folder,
		PUBLIC_BASE_URL: url.replace('ws', 'http'),
		LOG_LEVEL: 'silent'
	});
	const channel = await channelOf(app.db);
	const megabytes = () => Math.round(process.memoryUsage().rss / MEGABYTE);
	const empty = megabytes();
	const child = fork(import.meta.filename, [
		'clients',
		url,
		String(sockets),
		String(channel),
		String(finals)
	]);
	const told = async <K extends Told['kind']>(kind: K): Promise<Extract<Told, { kind: K }>> => {
		for (;;) {
			const [message] = (await once(child, 'message')) as [Told];
			if (message.kind === kind) return message as Extract<Told, { kind: K }>;
		}
	};
	const { ms } = await told('joined');
	const full = megabytes();
	const heard = told('heard');
	let most = full;
	for (let n = 0; n < finals; n++) {
		await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
		// The moment before it is read from the database and told.
		await app.db
			.update(segments)
			.set({ text: String(Date.now()) })
			.where(eq(segments.boothId, channel));
		await app.captions.corrected(boothId(channel), 1);
		most = Math.max(most, megabytes());
	}
	const { latencies } = await heard;
	latencies.sort((a, b) => a - b);
	const at = (part: number) => latencies[Math.floor((latencies.length - 1) * part)] ?? 0;
	console.log(
		JSON.stringify(
			{
				sockets,
				joinedWithinMs: ms,
				deliveries: `${latencies.length} of ${sockets * finals}`,
				p50Ms: at(0.5),
				p99Ms: at(0.99),
				mostMs: at(1),
				memoryMb: { empty, full, most }
			},
			null,
			'\t'
		)
	);
	child.kill();
	await app.drain();
	rmSync(folder, { recursive: true, force: true });
}

async function channelOf(db: Awaited<ReturnType<typeof composeApp>>['db']): Promise<number> {
	const [event] = await db
		.insert(events)
		.values({ slug: SLUG, displayName: 'Bench', listenerAccess: 'open' })
		.returning();
	const eventId = event?.id ?? 0;
	const [room] = await db
		.insert(rooms)
		.values({ eventId, slug: 'main', displayName: 'Main', isMain: true })
		.returning();
	const [booth] = await db
		.insert(booths)
		.values({ eventId, roomId: room?.id ?? 0, languageCode: 'en', transcriptionEnabled: true })
		.returning();
	const channel = booth?.id ?? 0;
	const now = new Date();
	await db.insert(segments).values({
		eventId,
		boothId: channel,
		seq: 1,
		language: 'en',
		text: 'first',
		key: 'bench',
		startedAt: now,
		endedAt: now
	});
	await db.update(booths).set({ captionSeq: 1 }).where(eq(booths.id, channel));
	return channel;
}

/** Speaks Socket.IO's wire protocol by hand: five thousand full clients would measure themselves. */
async function clients(
	url: string,
	sockets: number,
	channel: number,
	finals: number
): Promise<void> {
	const latencies: number[] = [];
	const startedAt = Date.now();
	const tell = (message: Told) => process.send?.(message);
	let joined = 0;
	const open = () => {
		const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`);
		socket.on('message', (data: Buffer) => {
			const text = data.toString();
			if (text === '2') return socket.send('3');
			if (text.startsWith('0')) return socket.send('40/listen,');
			if (text.startsWith('40/listen,'))
				return socket.send(`42/listen,0["listen:join",{"event":"${SLUG}"}]`);
			if (text.startsWith('43/listen,0'))
				return socket.send(`42/listen,1["captions:follow",{"channel":${channel}}]`);
			if (text.startsWith('43/listen,1')) {
				if (++joined === sockets) tell({ kind: 'joined', ms: Date.now() - startedAt });
				return;
			}
			const said = /"caption:final",.*"text":"(\d+)"/.exec(text)?.[1];
			if (said === undefined) return;
			latencies.push(Date.now() - Number(said));
			if (latencies.length === sockets * finals) tell({ kind: 'heard', latencies });
		});
		socket.on('close', (code) => console.error(`a socket ended: ${code}`));
	};
	for (let n = 0; n < sockets; n++) {
		open();
		if (n % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 50));
	}
}
