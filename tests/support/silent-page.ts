import type { BoothView } from '#lib/protocol/booth.ts';

/**
 * A page that joins over HTTP long-polling and then asks for nothing more, so that everything meant for it
 * stays in the server's queue: a reader that has stalled for certain, whatever the kernel buffers.
 *
 * The packets are those of Engine.IO 4 (`4` message, records parted by U+001E) and Socket.IO 5 (`40`
 * connect, `42` event).
 */
export async function silentPage(
	portal: string,
	cookie: string,
	place: object
): Promise<{
	/** Asks once for all that waits; answers the states among it. */
	read(): Promise<BoothView[]>;
	/** Fails unless the server has forgotten the connection. */
	isUnknown(): Promise<void>;
}> {
	const base = `${portal}/socket.io/?EIO=4&transport=polling`;
	const headers = { cookie, 'content-type': 'text/plain;charset=UTF-8' };
	const get = async (url: string): Promise<Response> => fetch(url, { headers });
	const opened = await (await get(base)).text();
	const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
	const url = `${base}&sid=${sid}`;
	const post = async (body: string): Promise<void> => {
		const sent = await fetch(url, { method: 'POST', headers, body });
		if (!sent.ok) throw new Error(`the portal answers ${sent.status}`);
	};
	await post('40/booth,');
	await (await get(url)).text();
	await post(`42/booth,0${JSON.stringify(['booth:join', place])}`);

	return {
		async read() {
			const packets = (await (await get(url)).text()).split('\u001e');
			return packets
				.filter((packet) => packet.startsWith('42/booth,["booth:state"'))
				.map((packet) => (JSON.parse(packet.slice('42/booth,'.length)) as [string, BoothView])[1]);
		},
		async isUnknown() {
			const answer = await get(url);
			if (answer.status !== 400) throw new Error(`the portal answers ${answer.status}`);
		}
	};
}
