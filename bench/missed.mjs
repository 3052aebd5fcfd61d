// Why a goal is missed and what would mend it. `part` is a piece of the goal's text; a line is printed only when that goal
// is missed in the run at hand.
export const reasons = [
];
