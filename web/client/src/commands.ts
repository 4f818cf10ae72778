import { ParleyError } from "./errors.js";
import type {
  Approval,
  Commands,
  ContentBlock,
  Elicitation,
  ElicitationAnswer,
  HistoryAnswer,
  Message,
  Mode,
  Participant,
  PeopleAnswer,
  Permission,
  PromptAs,
  QueuedPrompt,
  Role,
  Session,
  When,
} from "./protocol.gen.js";

/** The commands that a program may send. The client itself sends "join" and "resume". */
export type CommandName = Exclude<keyof Commands, "join" | "resume">;

/** The payload of a command. */
export type CommandPayload<Name extends CommandName> = Commands[Name]["payload"];

/** The payload of the answer to a command. */
export type CommandAnswer<Name extends CommandName> = Commands[Name]["answer"];

/** The value of a field of a form. */
export type FormValue = string | number | boolean | string[];

/** Options of a command. */
export interface CallOptions {
  /**
   * Stops waiting when it is aborted. The promise then rejects with the signal's
   * reason; whether the server carries the command out is unknown.
   */
  signal?: AbortSignal;
  /**
   * The id of the command, at most 64 characters; random by default. A command that is
   * sent again under its id is carried out once.
   */
  id?: string;
}

/**
 * Every command as a method. A method resolves when the server has carried out the
 * command and stored the result. It rejects with a {@link ParleyError} if the server refuses.
 * Without a connection, commands wait for one; commands whose answers were lost are
 * sent again under their ids.
 */
export abstract class CommandMethods {
  /**
   * Sends any command and resolves to its answer. After RATE_LIMITED and
   * JOURNAL_UNAVAILABLE it is sent again under its id, up to six times in all, with
   * growing pauses.
   */
  abstract do<Name extends CommandName>(
    type: Name,
    payload: CommandPayload<Name>,
    options?: CallOptions,
  ): Promise<CommandAnswer<Name>>;

  /**
   * Sends a message to the people in the session, optionally in reply to another
   * message, and with attachments or other content; then the text may be empty. It
   * rejects with COMMENT_NOT_ALLOWED for viewers and in the mode "view_only", and with
   * TOO_LARGE above the limit in the welcome.
   */
  async chat(
    text: string,
    options: CallOptions & { replyTo?: string; content?: ContentBlock[] | undefined } = {},
  ): Promise<Message> {
    const { replyTo, content } = options;
    const rest = { ...(replyTo && { replyTo }), ...(content?.length && { content }) };
    return (await this.do("chat", { text, ...rest }, options)).message;
  }

  /**
   * Proposes a prompt, or sends it to the agent if its author may prompt directly: the
   * status of the approval tells which. Set `as` to what the author was shown that the
   * prompt becomes: the command then rejects with PROMPT_NOT_AS_EXPECTED if that has
   * changed, which is possible while it waits for a connection. It rejects with
   * PROMPT_NOT_ALLOWED if the participant may not prompt at all, and with
   * CONTENT_NOT_SUPPORTED if the agent does not take some of the content. With content
   * the text may be empty. With `when` "interrupt" the running turn is cancelled and the
   * prompt runs next; only the host may do that without an approval.
   */
  async prompt(
    prompt: string,
    options: CallOptions & {
      as?: PromptAs | undefined;
      content?: ContentBlock[] | undefined;
      when?: When | undefined;
    } = {},
  ): Promise<Approval> {
    const { as, content, when } = options;
    const rest = {
      ...(as && { as }),
      ...(content?.length && { content }),
      ...(when && { when }),
    };
    return (await this.do("prompt", { prompt, ...rest }, options)).approval;
  }

  /**
   * Ends a prompt that has not begun: one's own or, for the host, any queued one. It never
   * cancels a turn, but rejects with APPROVAL_ALREADY_RESOLVED if the prompt has begun.
   */
  async withdraw(approvalId: string, options?: CallOptions): Promise<void> {
    await this.do("withdraw", { approvalId }, options);
  }

  /**
   * Replaces the text of one's own prompt that has not begun, and resolves to the approval
   * that takes its place. Its status tells whether it needs an approval; `as` is the
   * author's expectation, as for prompt. It rejects with APPROVAL_ALREADY_RESOLVED if it
   * is too late.
   */
  async editPrompt(
    approvalId: string,
    prompt: string,
    options: CallOptions & { as?: PromptAs | undefined } = {},
  ): Promise<Approval> {
    const { as } = options;
    const payload = { approvalId, prompt, ...(as && { as }) };
    return (await this.do("edit_prompt", payload, options)).approval;
  }

  /**
   * Moves a queued prompt before another one, or to the end. Only the host may do this.
   * Resolves to the new order.
   */
  async movePrompt(
    approvalId: string,
    options: CallOptions & { before?: string | undefined } = {},
  ): Promise<QueuedPrompt[]> {
    const { before } = options;
    const payload = { approvalId, ...(before !== undefined && { before }) };
    return (await this.do("move_prompt", payload, options)).queue;
  }

  /**
   * Approves a proposed prompt, optionally with an edited text. Only the host may do
   * this. It rejects with APPROVAL_ALREADY_RESOLVED if the prompt was decided on
   * before.
   */
  async approve(
    approvalId: string,
    options: CallOptions & { prompt?: string } = {},
  ): Promise<Approval> {
    const { prompt } = options;
    const edited = prompt === undefined ? {} : { prompt };
    return (await this.do("approve", { approvalId, action: "approve", ...edited }, options))
      .approval;
  }

  /**
   * Rejects a proposed prompt. Every participant sees the reason. Only the host may do
   * this. It rejects with APPROVAL_ALREADY_RESOLVED if the prompt was decided on before.
   */
  async reject(
    approvalId: string,
    options: CallOptions & { reason?: string } = {},
  ): Promise<Approval> {
    const { reason } = options;
    const why = reason === undefined ? {} : { reason };
    return (await this.do("approve", { approvalId, action: "reject", ...why }, options)).approval;
  }

  /**
   * Answers a question of the agent with one of its options. Only the host may do this.
   * It rejects with PERMISSION_ALREADY_RESOLVED or PERMISSION_NOT_FOUND if the question
   * no longer waits.
   */
  async answerPermission(
    requestId: string,
    optionId: string,
    options?: CallOptions,
  ): Promise<void> {
    await this.do("permission", { requestId, optionId }, options);
  }

  /**
   * Fills in a form of the agent, or consents to open a page, without content. Resolves to
   * the answer, which has the URL of the page for this participant alone. Only the host may
   * do this. A value that the form does not allow rejects with INVALID_REQUEST and the name
   * of the `field`.
   */
  async accept(
    requestId: string,
    content?: Record<string, FormValue>,
    options?: CallOptions,
  ): Promise<ElicitationAnswer> {
    return this.do("answer", { requestId, action: "accept", ...(content && { content }) }, options);
  }

  /** Refuses a request of the agent for input. Only the host may do this. */
  async decline(requestId: string, options?: CallOptions): Promise<void> {
    await this.do("answer", { requestId, action: "decline" }, options);
  }

  /** Answers a request for input without a decision. Only the host may do this. */
  async dismiss(requestId: string, options?: CallOptions): Promise<void> {
    await this.do("answer", { requestId, action: "cancel" }, options);
  }

  /**
   * Cancels a pending, queued or running prompt; without an id the running turn. Only the
   * author of the prompt and the host may do this. Resolves to the id of the approval, which
   * is empty for a turn that the agent began without a prompt. It rejects with
   * NOTHING_TO_CANCEL if there is none.
   */
  async cancel(approvalId?: string, options?: CallOptions): Promise<string> {
    const which = approvalId === undefined ? {} : { approvalId };
    return (await this.do("cancel", which, options)).approvalId;
  }

  /** Sets what collaborators may do. Only the host may do this. */
  async setMode(mode: Mode, options?: CallOptions): Promise<Session> {
    return (await this.do("set_mode", { mode }, options)).session;
  }

  /** Makes a guest a collaborator or a viewer. Only the host may do this. */
  async setRole(participantId: string, role: Role, options?: CallOptions): Promise<Participant> {
    return (await this.do("set_role", { participantId, role }, options)).participant;
  }

  /**
   * Sets an option of the agent: to a string, or to a boolean if the option is one. It
   * resolves when the change is recorded; an agent_configured or agent_configure_failed
   * event tells its outcome. Only the host may do this.
   */
  async configure(optionId: string, value: string | boolean, options?: CallOptions): Promise<void> {
    await this.do("configure", { optionId, value }, options);
  }

  /**
   * Leaves an option of the agent as it is. The server no longer sets it when it starts the
   * agent again. Only the host may do this.
   */
  async forgetOption(optionId: string, options?: CallOptions): Promise<void> {
    await this.do("configure", { optionId, forget: true }, options);
  }

  /**
   * Asks the agent to stop one tool call or one terminal that offers it. It resolves when the
   * agent was asked; the agent's own update, or an agent_stop_refused event, tells the
   * outcome. It rejects with NOTHING_TO_CANCEL if the agent does not offer that. Only the
   * host may do this.
   */
  async stopWork(
    work: { toolCallId: string } | { terminalId: string },
    options?: CallOptions,
  ): Promise<void> {
    await this.do("stop_work", work, options);
  }

  /**
   * Ends the agent's process, if there is one, and starts it again. The running turn fails;
   * prompts that wait are kept. Only the host may do this.
   */
  async restartAgent(options?: CallOptions): Promise<void> {
    await this.do("restart_agent", {}, options);
  }

  /**
   * Continues with another agent, one of the profiles in the agent's facts, which receives a
   * recap of the conversation. Rejects with AGENT_IN_USE while a turn runs or another session
   * is open on the agent. Only the host may do this.
   */
  async switchAgent(agent: string, options?: CallOptions): Promise<void> {
    await this.do("switch_agent", { agent }, options);
  }

  /**
   * Signs the server's user in to the agent, in a way of the type "agent". It resolves when
   * the attempt is recorded; an agent_signed_in or agent_sign_in_failed event tells its
   * outcome. Only the host may do this.
   */
  async signIn(methodId: string, options?: CallOptions): Promise<void> {
    await this.do("sign_in", { methodId }, options);
  }

  /** Ends the agent's process, and with it the running turn. Only the host may do this. */
  async stopAgent(options?: CallOptions): Promise<void> {
    await this.do("stop_agent", {}, options);
  }

  /**
   * Marks a version of a changed file as reviewed, or removes the mark. The author of a
   * mark and the host may remove it.
   */
  async reviewFile(
    path: string,
    version: string,
    reviewed: boolean,
    options?: CallOptions,
  ): Promise<void> {
    await this.do("review_file", { path, version, reviewed }, options);
  }

  /**
   * Tells the others whether the participant is typing. The server forgets it after
   * five seconds. Without a WebSocket it has no effect.
   */
  async typing(active: boolean, options?: CallOptions): Promise<void> {
    await this.do("typing", { active }, options);
  }

  /**
   * Resolves to events before or after a cursor, or to the newest events without one.
   * limit is 1 to 500.
   */
  async history(
    which: { before?: string; after?: string; limit: number },
    options?: CallOptions,
  ): Promise<HistoryAnswer> {
    return this.do("history", which, options);
  }

  /**
   * Resolves to the complete prompt of an approval that waits or is on its way to the
   * agent. A welcome cuts long prompts and marks them as truncated. Show people the
   * complete prompt before they decide on it.
   */
  async wholeApproval(approvalId: string, options?: CallOptions): Promise<Approval> {
    const { approval } = await this.do("item", { approvalId }, options);
    if (!approval) throw new ParleyError("INTERNAL", "the answer has no approval");
    return approval;
  }

  /** Resolves to a complete question of the agent, as wholeApproval does to a prompt. */
  async wholePermission(requestId: string, options?: CallOptions): Promise<Permission> {
    const { permission } = await this.do("item", { requestId }, options);
    if (!permission) throw new ParleyError("INTERNAL", "the answer has no question");
    return permission;
  }

  /** Resolves to a complete request for input, as wholeApproval does to a prompt. */
  async wholeElicitation(requestId: string, options?: CallOptions): Promise<Elicitation> {
    const { elicitation } = await this.do("item", { requestId }, options);
    if (!elicitation) throw new ParleyError("INTERNAL", "the answer has no request for input");
    return elicitation;
  }

  /**
   * Resolves to what a request for input was answered with: the content of a form, for the
   * host, or the URL of a page, for the participant who accepted. The server keeps the newest
   * 32 answers.
   */
  async givenAnswer(requestId: string, options?: CallOptions): Promise<ElicitationAnswer> {
    const { answer } = await this.do("item", { requestId }, options);
    if (!answer) throw new ParleyError("INTERNAL", "the request has no answer");
    return answer;
  }

  /**
   * Resolves to guests who have left, those who joined last first. limit is 1 to 500.
   * For the next page, set before to the id of the last guest of this one.
   */
  people(which: { before?: string; limit: number }, options?: CallOptions): Promise<PeopleAnswer> {
    return this.do("people", { left: true, ...which }, options);
  }

  /**
   * Resolves to participants in the session who joined after that one, in join order:
   * those whom a welcome with a peopleAfter leaves out. limit is 1 to 500. While there
   * are more, ask again with the id of the last one.
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
