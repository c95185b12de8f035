/** What the page of a room or booth needs to know about where it is; made by the server. */
type RoomPlace = {
	event: { slug: string; name: string };
	room: { slug: string; name: string; main: boolean };
};

export type FloorPlace = RoomPlace & {
	/** Media path of the room's floor. */
	floorPath: string;
};

export type BoothPlace = FloorPlace & {
	language: string;
	/** Media path of the booth's own channel. */
	path: string;
	may: { interpret: boolean };
	/** Captions are made of what is said in this booth. */
	captioned: boolean;
};
