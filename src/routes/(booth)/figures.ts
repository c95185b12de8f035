const SECOND_MS = 1000;

/** `4:07` or `1:02:09`; never below zero. Digits are western in every language, as on the room's clock. */
export function duration(ms: number): string {
	const total = Math.max(0, Math.floor(ms / SECOND_MS));
	const hours = Math.floor(total / 3600);
	const minutes = Math.floor((total % 3600) / 60);
	const two = (n: number) => String(n).padStart(2, '0');
	return hours > 0
		? `${hours}:${two(minutes)}:${two(total % 60)}`
		: `${minutes}:${two(total % 60)}`;
}

/** Rounded up: a countdown shows 0:00 only when it is over. */
export function timeLeft(deadline: number, now: number): string {
	return duration(Math.ceil(Math.max(0, deadline - now) / SECOND_MS) * SECOND_MS);
}

/** Time of day with seconds, 24 hours. */
export function timeOfDay(at: number): string {
	return new Date(at).toLocaleTimeString('en-GB', { hour12: false });
}

/** `+3 dB`, with a real minus. */
export function decibels(db: number): string {
	return `${db > 0 ? '+' : db < 0 ? '−' : ''}${Math.abs(db)} dB`;
}

/** `80 %` as the language writes it, in western digits. */
export function percent(share: number, locale: string): string {
	return new Intl.NumberFormat(`${locale}-u-nu-latn`, {
		style: 'percent',
		maximumFractionDigits: 0
	}).format(share);
}
