/** The shell is one page for everybody: nothing of a person is rendered into it, so it may be kept. */
export const ssr = false;
