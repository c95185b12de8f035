import type { SeatId } from '#lib/domain/ids.ts';
import type { SignalCode } from '#lib/domain/desk/alerts.ts';
import type { BoothAct, BoothParticipant, BoothView, Together } from '#lib/protocol/booth.ts';
import type { BoothLink, BoothRequest } from './booth-socket.ts';
import type { LinkState } from './joined-socket.ts';
import { rememberConsent } from './consent-memory.ts';

/** What a page asks of its booth without its own microphone being touched. */
export class BoothActs {
	link = $state.raw<LinkState>({ kind: 'left' });
	view = $state.raw<BoothView | null>(null);
	/** Acts on their way to the portal. */
	pending = $state.raw<readonly BoothRequest[]>([]);
	/** Code of the last refused act; cleared by the next act. */
	refusal = $state<string | null>(null);
	/** What the booth shares beside chat: notes, and what it asked the desk or told the speaker. */
	together = $state.raw<Together>({ notes: [], matters: [] });
	/** What this person said of captions of their voice; null: not asked yet. */
	agreed = $state<boolean | null>(null);
	protected booth: BoothLink | null = null;

	readonly me: BoothParticipant | null = $derived.by(
		() => this.view?.participants.find(({ seat }) => seat === this.view?.you.seat) ?? null
	);

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

	/** Says from which booth this page interprets; null is the floor. True when it may. */
	async sayRelay(from: number | null): Promise<boolean> {
		return this.ask('booth:relay', { from });
	}

	/** Agrees to captions of the own voice or not; counts at once. */
	async setAgreed(agreed: boolean): Promise<void> {
		this.agreed = agreed;
		rememberConsent(agreed);
		await this.ask('booth:consent', { captions: agreed });
	}

	/** A new seat knows nothing of what was said in another one. */
	protected async settleIn(): Promise<void> {
		const answer = await this.booth?.request('booth:together', {});
		if (answer?.ok) this.together = answer.value;
		if (this.agreed !== null && this.me?.captions !== this.agreed)
			await this.booth?.request('booth:consent', { captions: this.agreed });
	}

	/** Calls the coordinators. */
	async callHelp(text: string): Promise<boolean> {
		return this.ask('booth:help', { text });
	}

	/** To the speaker's page and the desk. */
	async signal(code: SignalCode): Promise<boolean> {
		return this.ask('booth:signal', { code });
	}

	/** A call for help or a signal is over. */
	async endMatter(id: string): Promise<void> {
		await this.ask('booth:done', { id });
	}

	async jot(text: string): Promise<boolean> {
		return this.ask('booth:note', { text });
	}

	async removeNote(id: string): Promise<void> {
		await this.ask('booth:note-remove', { id });
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
