/** What is being done with a proposal before it is decided on. */
export interface Draft {
  doing: "look" | "edit" | "reject";
  edited: string;
  reason: string;
}
