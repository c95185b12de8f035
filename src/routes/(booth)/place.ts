/** What the page of a room or booth needs to know about where it is; made by the server. */
export type RoomPlace = {
	event: { slug: string; name: string };
	room: { slug: string; name: string; main: boolean };
};

export type BoothPlace = RoomPlace & {
	language: string;
	/** Media path of the room's floor. */
	floorPath: string;
	may: { interpret: boolean; coordinate: boolean; chat: boolean };
};
