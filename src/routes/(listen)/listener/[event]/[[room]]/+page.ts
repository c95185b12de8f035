import type { PageLoad } from './$types';

/** The door and the radio are never needed together: a phone fetches the code of one. */
export const load: PageLoad = async ({ data }) => {
	if (data.access !== 'granted')
		return { ...data, Door: (await import('../../../JoinForm.svelte')).default };
	return { ...data, Radio: (await import('../../../ListenerPage.svelte')).default };
};
