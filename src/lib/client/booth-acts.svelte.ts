import type { SeatId } from '#lib/domain/ids.ts';
import type { BoothAct, BoothView } from '#lib/protocol/booth.ts';
import type { BoothLink, BoothRequest, LinkState } from './booth-socket.ts';

/** What a page asks of its booth without its own microphone being touched. */
export class BoothActs {
	link = $state.raw<LinkState>({ kind: 'left' });
	view = $state.raw<BoothView | null>(null);
	/** Acts on their way to the portal. */
	pending = $state.raw<readonly BoothRequest[]>([]);
	/** Code of the last refused act; cleared by the next act. */
	refusal = $state<string | null>(null);
	protected booth: BoothLink | null = null;

	may(act: BoothAct): boolean {
		return this.link.kind === 'joined' && (this.view?.you.acts.includes(act) ?? false);
	}

	isPending(...acts: BoothAct[]): boolean {
		return acts.some((act) => this.pending.includes(`booth:${act}`));
	}

	async offer(seat: SeatId): Promise<void> {
		await this.ask('booth:offer', { seat });
	}

	async decline(): Promise<void> {
		await this.ask('booth:decline');
	}

	/** As a coordinator. */
	async setActive(seat: SeatId): Promise<void> {
		await this.ask('booth:set-active', { seat });
	}

	/** As a coordinator. */
	async setOpen(open: boolean): Promise<void> {
		await this.ask(open ? 'booth:open' : 'booth:close');
	}

	/** True when the message was taken. */
	async say(body: string): Promise<boolean> {
		return this.ask('booth:chat', { body });
	}

	/** Each public method pairs a name with its own input; the pair cannot be written as one type. */
	protected async ask(name: BoothRequest, input: object = {}): Promise<boolean> {
		if (!this.booth) return false;
		this.refusal = null;
		this.pending = [...this.pending, name];
		const answer = await this.booth.request(name, input as never);
		this.pending = this.pending.filter((one) => one !== name);
		if (!answer.ok) this.refusal = answer.error.code;
		return answer.ok;
	}
}
