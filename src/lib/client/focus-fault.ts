/** Attachment for a form: the first field with a fault gets the focus, so that nobody has to look for it. */
export function focusFault(form: HTMLFormElement): void {
	form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
