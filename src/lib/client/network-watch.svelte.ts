/** Whether this phone says it has a network, and the moments when it is worth asking anew. */
export class NetworkWatch {
	/** Since when there is none, epoch ms; null while there is one. */
	offlineSince = $state<number | null>(null);

	/** @param onBack the network is back, or the page is looked at again */
	attach(onBack: () => void): () => void {
		const onNetwork = () => {
			this.offlineSince = navigator.onLine ? null : (this.offlineSince ?? Date.now());
			if (navigator.onLine) onBack();
		};
		const onVisible = () => {
			if (document.visibilityState === 'visible') onBack();
		};
		this.offlineSince = navigator.onLine ? null : Date.now();
		addEventListener('online', onNetwork);
		addEventListener('offline', onNetwork);
		document.addEventListener('visibilitychange', onVisible);
		return () => {
			removeEventListener('online', onNetwork);
			removeEventListener('offline', onNetwork);
			document.removeEventListener('visibilitychange', onVisible);
		};
	}
}
