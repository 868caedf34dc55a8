/**
 * What a harness puts around a person's words: tagged blocks of coding agents and editors, retrieval frames, chat
 * frames of prompt templates. The blocks are cut out here, so that a rule never reads a harness as if it were a person.
 */

export interface Opened {
  /** What the person wrote, as far as the frames tell. */
  readonly words: string;
  /** Attachments, retrieved passages, pasted tool output: given to work on, not said by the person. */
  readonly document: string;
  /** A harness block was found and cut out. */
  readonly harness: boolean;
}

/** Blocks that a harness writes: never the person's words. */
const HARNESS_TAGS = new Set(
  (
    'system-reminder system_reminder environment_context environment_details environment user_instructions instructions ' +
    'command-name command-message local-command-stdout local-command-stderr local-command-caveat bash-stdout bash-stderr ' +
    'bash-input ide_selection ide_opened_file ide_diagnostics ide_state additional_data open_files recently_viewed_files ' +
    'user_info git_status project_layout repo_map repo-map rules cursor_rules always_applied_workspace_rules user_rules ' +
    'available_instructions system_notice system-notification system_warning tool_result tool_results tool_output ' +
    'function_results function_result tool-use-rules notice permissions collaboration_mode turn_aborted user_shell_command ' +
    'hidden persisted-output task-notification workspace_info editorcontext repocontext reminderinstructions ' +
    'attachment_instructions context_window slash_commands agent_skills skills mcp_resources system system_prompt'
  ).split(' '),
);

/** Blocks that carry material: an attachment or a retrieved passage. */
const DOCUMENT_TAGS = new Set(
  (
    'file files file_content file_contents folder_content url_content document documents doc docs context attached_files ' +
    'attached_file attachment attachments manually_attached_selection current_file code_selection code_selections selection ' +
    'search_results search_result passage passages source sources article transcript email web_page webpage page data ' +
    'retrieved_context knowledge reference references example examples quote output stdout stderr log logs diff patch'
  ).split(' '),
);

/** Blocks in which the harness hands over what the person typed. */
const WORDS_TAGS = new Set(
  'task user_query user_message user_request userrequest user-request user_input feedback prompt question query command-args'.split(
    ' ',
  ),
);

/** Blocks opened in one text: more are noise, and a bound keeps the scan linear. */
const BLOCKS = 64;
/** An unknown block longer than this is material rather than something typed. */
const TYPED_BLOCK_CHARACTERS = 400;

const OPENING_TAG = /<([a-zA-Z][\w-]{0,40})(?:\s[^<>\n]{0,300})?>/g;

interface Block {
  readonly kind: 'harness' | 'document' | 'words' | 'unknown';
  readonly start: number;
  readonly innerStart: number;
  readonly innerEnd: number;
  readonly end: number;
}

const kindOf = (name: string): Block['kind'] => {
  if (HARNESS_TAGS.has(name)) return 'harness';
  if (WORDS_TAGS.has(name)) return 'words';
  return DOCUMENT_TAGS.has(name) ? 'document' : 'unknown';
};

/** Known blocks anywhere, unknown ones only at the start of a line and only when long: HTML in a question stays. */
const findBlocks = (text: string): readonly Block[] => {
  const blocks: Block[] = [];
  const unclosed = new Set<string>();
  OPENING_TAG.lastIndex = 0;
  for (let match = OPENING_TAG.exec(text); match !== null && blocks.length < BLOCKS; match = OPENING_TAG.exec(text)) {
    const name = match[1] ?? '';
    const kind = kindOf(name.toLowerCase());
    const innerStart = match.index + match[0].length;
    const lineStart = match.index === 0 || text.charCodeAt(match.index - 1) === 10;
    if ((kind === 'unknown' && !lineStart) || unclosed.has(name)) continue;
    const innerEnd = text.indexOf(`</${name}>`, innerStart);
    if (innerEnd < 0) unclosed.add(name);
    const typed = kind === 'unknown' && innerEnd - innerStart < TYPED_BLOCK_CHARACTERS;
    if (innerEnd < 0 || typed) continue;
    const end = innerEnd + name.length + 3;
    blocks.push({ kind, start: match.index, innerStart, innerEnd, end });
    OPENING_TAG.lastIndex = kind === 'words' ? innerStart : end;
  }
  return blocks;
};

const openBlocks = (text: string): Opened => {
  if (!text.includes('<')) return { words: text, document: '', harness: false };
  const blocks = findBlocks(text);
  const typed = blocks.filter((block) => block.kind === 'words');
  const cut = blocks.filter((block) => block.kind !== 'words');
  const document = cut
    .filter((block) => block.kind !== 'harness')
    .map((block) => text.slice(block.innerStart, block.innerEnd));
  const pieces = typed.length === 0 ? [{ innerStart: 0, innerEnd: text.length }] : typed;
  const words = pieces.map((piece) => {
    let kept = '';
    let from = piece.innerStart;
    for (const block of cut) {
      if (block.start < from || block.end > piece.innerEnd) continue;
      kept += `${text.slice(from, block.start)}\n`;
      from = block.end;
    }
    return kept + text.slice(from, piece.innerEnd);
  });
  return {
    words: words.join('\n').trim(),
    document: document.join('\n'),
    harness: typed.length > 0 || cut.some((block) => block.kind === 'harness'),
  };
};

const PASSAGE_LABEL =
  /(?:^|\n)[ \t#*]*(?:context|documents?|passages?|sources?|retrieved \w{1,20}|search results|background information|kontext|contexte|contexto|contesto|контекст|上下文|背景|資料|コンテキスト)[ \t*]{0,4}[:：]/i;
const QUESTION_LABEL =
  /(?:^|\n)[ \t#*]*(?:(?:user(?:'s)? )?(?:question|query|request)|frage|question de l'utilisateur|pregunta|pergunta|domanda|вопрос|问题|問題|質問)[ \t*]{0,4}[:：][ \t*]*/gi;
const ANSWER_LABEL =
  /\n[ \t#*]*(?:(?:helpful |final )?answer|response|antwort|réponse|respuesta|resposta|risposta|ответ|答案|回答)[ \t*]{0,4}[:：][\s\S]*$/i;

/** `Context: … Question: …`: the question is the person's, the context is material. */
const openRetrievalFrame = (words: string): Opened | null => {
  const passage = PASSAGE_LABEL.exec(words);
  if (passage === null) return null;
  let question: { readonly start: number; readonly end: number } | null = null;
  QUESTION_LABEL.lastIndex = passage.index + passage[0].length;
  for (let match = QUESTION_LABEL.exec(words); match !== null; match = QUESTION_LABEL.exec(words)) {
    question = { start: match.index, end: match.index + match[0].length };
  }
  if (question === null) return null;
  const asked = words.slice(question.end).replace(ANSWER_LABEL, '').trim();
  return asked === '' ? null : { words: asked, document: words.slice(passage.index, question.start), harness: true };
};

const TURN_LABEL = /(?:^|\n)(?:human|user)[ \t]?:[ \t]*/gi;
const REPLY_LABEL = /\n(?:ai|assistant|bot)[ \t]?:/i;
const ENDS_WITH_REPLY_LABEL = /\n(?:ai|assistant|bot)[ \t]?:[ \t\n]*$/i;

/** `Human: … AI:` of prompt templates: the last thing the human says, and only when the frame waits for the reply. */
const openChatFrame = (words: string): Opened | null => {
  const waiting = ENDS_WITH_REPLY_LABEL.test(words);
  if (!waiting && !/^human[ \t]?:/i.test(words)) return null;
  let from = -1;
  TURN_LABEL.lastIndex = 0;
  for (let match = TURN_LABEL.exec(words); match !== null; match = TURN_LABEL.exec(words))
    from = match.index + match[0].length;
  if (from < 0) return null;
  const said = words.slice(from);
  const reply = REPLY_LABEL.exec(said);
  return { words: (reply === null ? said : said.slice(0, reply.index)).trim(), document: '', harness: true };
};

const DATA_BLOCK_START = /\[begin data\]/i;
const DATA_BLOCK_END = /\[end data\]/i;

/** `[BEGIN DATA] … [END DATA]` of model-graded evaluations: what is judged is material. */
const openEvaluationFrame = (words: string): Opened | null => {
  const start = DATA_BLOCK_START.exec(words);
  if (start === null) return null;
  const inside = words.slice(start.index + start[0].length);
  const end = DATA_BLOCK_END.exec(inside);
  if (end === null) return null;
  const after = inside.slice(end.index + end[0].length);
  return {
    words: `${words.slice(0, start.index)}\n${after}`.trim(),
    document: inside.slice(0, end.index),
    harness: true,
  };
};

/** Cuts harness blocks and frames from one text of a user turn. Linear in the text, which the caller has windowed. */
export const openEnvelope = (text: string): Opened => {
  const opened = openBlocks(text);
  const framed = openEvaluationFrame(opened.words) ?? openRetrievalFrame(opened.words) ?? openChatFrame(opened.words);
  if (framed === null) return opened;
  return { words: framed.words, document: `${opened.document}\n${framed.document}`.trim(), harness: true };
};
