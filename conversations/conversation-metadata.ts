import type { Logger } from 'pino';
import type { Agent, MetadataProblem, TurnMetadata } from '../agent/agent.ts';
import { fieldsOf, type Metadata, type SealedFields, type StoredMetadata, problemsText } from '../contract/metadata.ts';
import type { TurnTerms } from '../contract/turn.ts';
import type { AuthorCode } from '../live/calls/author-code.ts';
import type { PayloadCipher } from '../record/payload-cipher.ts';
import { openFields, sealFields } from '../record/sealed-fields.ts';

/** What home needs of the conversation to play a turn. */
export interface TurnSetting {
  readonly metadata: TurnMetadata;
  readonly terms: TurnTerms;
}

export interface MetadataSetting {
  readonly agent: Pick<Agent, 'metadata' | 'termsFor'>;
  /** The schema's functions are an author's code. */
  readonly authors: Pick<AuthorCode, 'run'>;
  readonly cipher: PayloadCipher;
  /** Gets what the function threw that writes the instructions. */
  readonly logger: Pick<Logger, 'error'>;
}

/** The metadata of a conversation does not fit the agent's schema. */
export class UnfitMetadata extends Error {
  override readonly name = 'UnfitMetadata';
  readonly problems: readonly MetadataProblem[];

  constructor(conversationId: string, problems: readonly MetadataProblem[]) {
    super(
      `The metadata of conversation '${conversationId}' does not fit the agent's schema: ${problemsText(problems)}`,
    );
    this.problems = problems;
  }
}

interface Sealed {
  readonly metadata: Metadata;
  readonly sealed?: SealedFields;
}

/** Reads the metadata of an agent's conversations, and keeps its secret fields from everybody but the agent's tools. */
export class ConversationMetadata {
  readonly #setting: MetadataSetting;

  constructor(setting: MetadataSetting) {
    this.#setting = setting;
  }

  /** Whether the agent reads any. */
  get isDeclared(): boolean {
    return this.#setting.agent.metadata.isDeclared;
  }

  /** As a client has sent it. Where it does not fit, it has problems. */
  read(wire: Metadata): TurnMetadata {
    const { agent, authors } = this.#setting;
    return authors.run({}, () => agent.metadata.read(wire));
  }

  /** As Temporal gets it. */
  seal(conversationId: string, wire: Metadata): Sealed {
    const { agent, cipher } = this.#setting;
    const secrets = fieldsOf(wire, (name) => agent.metadata.secretFields.has(name));
    const metadata = this.#withoutSecrets(wire);
    if (Object.keys(secrets).length === 0) return { metadata };
    return { metadata, sealed: sealFields(cipher, conversationId, secrets) };
  }

  /** What Temporal has, opened and read. Throws MissingPayloadKey or BrokenSeal. */
  open(conversationId: string, { metadata = {}, sealed }: StoredMetadata): TurnMetadata {
    if (!this.isDeclared) return this.read(metadata);
    return this.read({ ...metadata, ...(sealed && openFields(this.#setting.cipher, conversationId, sealed)) });
  }

  /** What clients may see: a field may have been stored before it became secret. */
  shown({ metadata }: StoredMetadata): Metadata | undefined {
    return metadata && this.#withoutSecrets(metadata);
  }

  /** For a turn that begins; `start` is for Temporal. Throws UnfitMetadata, too. */
  begin(id: string, stored: StoredMetadata): TurnSetting & { readonly start: Partial<Sealed> } {
    const metadata = this.open(id, stored);
    if (metadata.problems.length > 0) throw new UnfitMetadata(id, metadata.problems);
    const start = this.isDeclared ? this.seal(id, metadata.wire) : {};
    return { metadata, start, terms: this.#instruct(id, metadata) };
  }

  /** For a turn that goes on: its instructions are in its terms, unless it was begun by an agent that had no function for them. */
  goOn(id: string, { terms, ...stored }: StoredMetadata & { readonly terms: TurnTerms }): TurnSetting {
    const metadata = this.open(id, stored);
    const { instructions = this.#instruct(id, metadata).instructions } = terms;
    return { metadata, terms: { ...terms, ...(instructions && { instructions }) } };
  }

  #withoutSecrets(metadata: Metadata): Metadata {
    const { secretFields } = this.#setting.agent.metadata;
    return fieldsOf(metadata, (name) => !secretFields.has(name));
  }

  #instruct(conversation: string, metadata: TurnMetadata): TurnTerms {
    const { agent, authors, logger } = this.#setting;
    const onThrown = (err: unknown): void => logger.error({ conversation, err }, "The function 'instructions' failed");
    return authors.run({}, () => agent.termsFor({ metadata, now: new Date(), onThrown }));
  }
}
