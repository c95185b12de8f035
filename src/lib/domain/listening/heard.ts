/**
 * What a listener hears, decided in the listener's client from channel state alone, so that it can be decided
 * without asking anybody when the portal is down.
 */
export type Air = 'on' | 'off' | 'closed';
type AudibleChannel = { readonly language: string; readonly air: Air };

export type Heard<C extends AudibleChannel> =
	| { readonly kind: 'interpretation'; readonly channel: C }
	/** `because`: the listener chose the floor, or the chosen booth is off air or closed. */
	| { readonly kind: 'floor'; readonly channel: C; readonly because: 'chosen' | 'off' | 'closed' }
	/**
	 * Nobody to be heard. `waitOn` is the channel to stay connected to: its silence keeps a locked phone
	 * awake, and the voice that comes back is heard without joining again.
	 */
	| {
			readonly kind: 'nothing';
			readonly because: 'off' | 'closed' | 'floor-off' | 'no-channel';
			readonly waitOn: C | null;
	  };

/** Whether the floor is heard while the chosen booth is off air: the listener's choice. */
export type StandIn = 'floor' | 'silence';

/**
 * The booth when it is on air, else the floor when that is on and may stand in, else nothing.
 *
 * @param channels of one room; the floor is the one with language `floor`
 * @param chosen language code, or `floor`
 */
export function heard<C extends AudibleChannel>(
	channels: readonly C[],
	chosen: string,
	standIn: StandIn = 'floor'
): Heard<C> {
	const floor = channels.find((channel) => channel.language === 'floor');
	const channel = channels.find((one) => one.language === chosen);
	if (!channel) return { kind: 'nothing', because: 'no-channel', waitOn: null };
	if (channel === floor) {
		if (floor.air === 'on') return { kind: 'floor', channel: floor, because: 'chosen' };
		// The floor's path may not exist without a publisher, so there is nothing to wait on.
		return { kind: 'nothing', because: 'floor-off', waitOn: null };
	}
	if (channel.air === 'on') return { kind: 'interpretation', channel };
	if (floor?.air === 'on' && standIn === 'floor')
		return { kind: 'floor', channel: floor, because: channel.air };
	return { kind: 'nothing', because: channel.air, waitOn: channel };
}
