/** What the user does with a proposal before deciding on it. */
export interface Draft {
  doing: "look" | "edit" | "reject";
  edited: string;
  reason: string;
}
