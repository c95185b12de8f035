import type { BoothNotice } from '#lib/protocol/booth.ts';
import { chime } from './chime.ts';

/** A notice of the portal, or one that only this page can know. */
export type ConsoleNotice = {
	readonly key: number;
	readonly code: BoothNotice['code'] | 'seat_replaced' | 'source_gone' | 'resume_given_up';
	readonly name: string | null;
};

/** What must not be missed: stays until it is put away. One line per kind, the newest says what is true now. */
export class ConsoleNotices {
	list = $state.raw<readonly ConsoleNotice[]>([]);
	#key = 0;

	add(code: ConsoleNotice['code'], name: string | null = null): void {
		const others = this.list.filter((notice) => notice.code !== code);
		this.list = [...others, { key: this.#key++, code, name }];
		if (code === 'seat_lost' || code === 'reassigned') chime();
	}

	dismiss(key: number): void {
		this.list = this.list.filter((notice) => notice.key !== key);
	}

	clear(): void {
		this.list = [];
	}
}
