import { ParleyError } from "./errors.js";
import type {
  Approval,
  Commands,
  HistoryAnswer,
  Message,
  Mode,
  Participant,
  PeopleAnswer,
  Permission,
  PromptAs,
  Role,
  Session,
} from "./protocol.gen.js";

/** The commands that a client gives. It joins and resumes by itself. */
export type CommandName = Exclude<keyof Commands, "join" | "resume">;

/** What a command takes. */
export type CommandPayload<Name extends CommandName> = Commands[Name]["payload"];

/** What a command is answered with. */
export type CommandAnswer<Name extends CommandName> = Commands[Name]["answer"];

export interface CallOptions {
  /** Gives up waiting. It is not known then whether the command was done. */
  signal?: AbortSignal;
  /** The command's id, at most 64 characters. Sent again under it a command is done once. */
  id?: string;
}

/**
 * Every command as a method. Each resolves when the server has done it, and
 * written it down; each rejects with a ParleyError where the server refuses.
 * While there is no connection commands wait, and those whose answers were lost
 * are sent again under their ids.
 */
export abstract class CommandMethods {
  /**
   * Gives any command and resolves to its answer. A server that is out of
   * breath (RATE_LIMITED, JOURNAL_UNAVAILABLE) is asked again some times.
   */
  abstract do<Name extends CommandName>(
    type: Name,
    payload: CommandPayload<Name>,
    options?: CallOptions,
  ): Promise<CommandAnswer<Name>>;

  /** Says something, maybe in reply to a message. */
  async chat(text: string, options: CallOptions & { replyTo?: string } = {}): Promise<Message> {
    const { replyTo } = options;
    return (await this.do("chat", { text, ...(replyTo && { replyTo }) }, options)).message;
  }

  /**
   * Proposes a prompt, or sends it where that is allowed: the status tells which.
   * With as, which is what its author was shown that it becomes, it rejects with
   * PROMPT_NOT_AS_EXPECTED where it would become the other. That can change while
   * the command waits for a connection.
   */
  async prompt(
    prompt: string,
    options: CallOptions & { as?: PromptAs | undefined } = {},
  ): Promise<Approval> {
    const { as } = options;
    return (await this.do("prompt", { prompt, ...(as && { as }) }, options)).approval;
  }

  /** Lets a prompt go to the agent, with another text if one is given. */
  async approve(
    approvalId: string,
    options: CallOptions & { prompt?: string } = {},
  ): Promise<Approval> {
    const { prompt } = options;
    const edited = prompt === undefined ? {} : { prompt };
    return (await this.do("approve", { approvalId, action: "approve", ...edited }, options))
      .approval;
  }

  /** Keeps a prompt from the agent. The reason is told to all. */
  async reject(
    approvalId: string,
    options: CallOptions & { reason?: string } = {},
  ): Promise<Approval> {
    const { reason } = options;
    const why = reason === undefined ? {} : { reason };
    return (await this.do("approve", { approvalId, action: "reject", ...why }, options)).approval;
  }

  /** Chooses one of the options that the agent offers. */
  async answerPermission(
    requestId: string,
    optionId: string,
    options?: CallOptions,
  ): Promise<void> {
    await this.do("permission", { requestId, optionId }, options);
  }

  /** Ends a pending, queued or running prompt or, without an id, the running turn. Resolves to its id. */
  async cancel(approvalId?: string, options?: CallOptions): Promise<string> {
    const which = approvalId === undefined ? {} : { approvalId };
    return (await this.do("cancel", which, options)).approvalId;
  }

  /** Changes what collaborators may do. */
  async setMode(mode: Mode, options?: CallOptions): Promise<Session> {
    return (await this.do("set_mode", { mode }, options)).session;
  }

  /** Changes what somebody is: collaborator or viewer. */
  async setRole(participantId: string, role: Role, options?: CallOptions): Promise<Participant> {
    return (await this.do("set_role", { participantId, role }, options)).participant;
  }

  /**
   * Sets an option of the agent: to a string, or to a boolean if the option is one. It
   * resolves when the change is recorded; an agent_configured or agent_configure_failed
   * event tells its outcome.
   */
  async configure(
    optionId: string,
    value: string | boolean,
    options?: CallOptions,
  ): Promise<void> {
    await this.do("configure", { optionId, value }, options);
  }

  /**
   * Leaves an option of the agent as it is. The server no longer sets it when it starts the
   * agent again.
   */
  async forgetOption(optionId: string, options?: CallOptions): Promise<void> {
    await this.do("configure", { optionId, forget: true }, options);
  }

  /** Ends the agent's process. */
  async stopAgent(options?: CallOptions): Promise<void> {
    await this.do("stop_agent", {}, options);
  }

  /** Says that one types, which lapses after five seconds, or has stopped. */
  async typing(active: boolean, options?: CallOptions): Promise<void> {
    await this.do("typing", { active }, options);
  }

  /** Reads events before or after a cursor; without one, the newest. limit is 1 to 500. */
  async history(
    which: { before?: string; after?: string; limit: number },
    options?: CallOptions,
  ): Promise<HistoryAnswer> {
    return this.do("history", which, options);
  }

  /**
   * Resolves to a prompt that waits or is on its way to the agent with all of its text: a welcome
   * has the beginning of a long one alone, as truncated says. Show all of it before anybody
   * decides on it.
   */
  async wholeApproval(approvalId: string, options?: CallOptions): Promise<Approval> {
    const { approval } = await this.do("item", { approvalId }, options);
    if (!approval) throw new ParleyError("INTERNAL", "the answer has no approval");
    return approval;
  }

  /** Like wholeApproval, for a question of the agent. */
  async wholePermission(requestId: string, options?: CallOptions): Promise<Permission> {
    const { permission } = await this.do("item", { requestId }, options);
    if (!permission) throw new ParleyError("INTERNAL", "the answer has no question");
    return permission;
  }

  /**
   * Guests who have left, the last who joined first: at most 500 at a time. With
   * before, the id of the last of one page, the next page.
   */
  people(which: { before?: string; limit: number }, options?: CallOptions): Promise<PeopleAnswer> {
    return this.do("people", { left: true, ...which }, options);
  }

  /**
   * Those who are in the session and joined after one of them, in join order: whom a welcome
   * leaves out that has a peopleAfter. At most 500 at a time; while there are more, ask next
   * with the last of them.
   */
  participantsAfter(
    participantId: string,
    limit: number,
    options?: CallOptions,
  ): Promise<PeopleAnswer> {
    return this.do("people", { left: false, after: participantId, limit }, options);
  }

  /** Resolves when the server has answered. */
  async ping(options?: CallOptions): Promise<void> {
    await this.do("ping", {}, options);
  }
}
