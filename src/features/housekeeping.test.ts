import assert from 'node:assert/strict';
import { test } from 'node:test';
import { growthOf, LINEAR_AT_MOST } from '../../test/samples/cpu-time.ts';
import { findHousekeeping } from './housekeeping.ts';
import { assistant, system, toRequest, tool, user } from './request.test-data.ts';

/** In the manner of agents and chat front ends; none of their own sentences. */
const TITLES: readonly string[] = [
  'Create a short sentence-case title (3-7 words) that says what this coding session is about.',
  'Write a 5-10 word title for the following conversation:\n\nUSER: why does my build fail?',
  'You are a title generator. Only the title of a thread is put out.',
  'You are a conversation title-generator.',
  'Provide a brief, 5-word-or-less title for the conversation in its own language.',
  '### Task:\nSuggest a concise 3-5 word title with an emoji for the chat history below.',
  'Generate 1-3 broad tags for the main themes of the chat history.',
  'Suggest 3-5 follow-up questions that the user might ask next.',
  'Decide whether this message indicates a new conversation topic.',
  'Come up with a descriptive thread title, 50 characters at most.',
];

const SUMMARIES: readonly string[] = [
  'Summarize this coding conversation in fewer than 50 characters.',
  'Your task is to make a detailed summary of the conversation so far.',
  'You are an assistant tasked with summarizing conversations.',
  'This is a context checkpoint compaction: write down what the next model needs.',
  'Write a handoff summary for another model that goes on with the work.',
  'Provide a detailed prompt for continuing our conversation above.',
];

/** What people and agents want answered, with the same words in it. */
const WORK: readonly string[] = [
  'Generate a title for my blog post about bread.',
  'Create a React component that renders the title of the chat.',
  'Write a title bar for the chat window in Swift.',
  'Return the name of the thread that holds the lock, in C++.',
  'Write a function which extracts the title of each conversation from a JSON export.',
  'Summarize this article in three sentences.',
  'Summarise the attached contract for a layman.',
  'How do I give a chat room a title in Matrix?',
  'What is a good title for a talk on distributed systems?',
  'Write SQL that gives every session with its tags.',
  'Suggest questions for a job interview.',
  'Prove that the sum of the first n odd numbers is a square.',
  'Explain context windows and why compaction matters.',
  'My conversation with the landlord went badly. What should I write him?',
];

test('titles, tags, suggestions and summaries are told by the system prompt or by the message itself', () => {
  for (const [expected, texts] of [
    ['title', TITLES],
    ['summary', SUMMARIES],
  ] as const)
    for (const text of texts) {
      assert.equal(findHousekeeping(toRequest([user(text)])), expected, text);
      assert.equal(findHousekeeping(toRequest([system(text), user('Why is the sky blue?')])), expected, text);
      const behind = toRequest([user('Hello'), assistant('Hello!'), user(text)]);
      assert.equal(findHousekeeping(behind), expected, text);
    }
});

test('work with the same words is work', () => {
  for (const text of WORK) assert.equal(findHousekeeping(toRequest([user(text)])), null, text);
});

test('a request with tools to call is work, and so is one whose assistant spoke of titles', () => {
  const [title = ''] = TITLES;
  assert.equal(findHousekeeping(toRequest([user(title)], { tools: [tool('write')] })), null);
  assert.equal(findHousekeeping(toRequest([user('Hello'), assistant(title), user('Go on')])), null);
});

test('one token in answer to next to nothing is a probe, in answer to a question it is a classifier', () => {
  assert.equal(findHousekeeping(toRequest([user('quota')], { maxOutputTokens: 1 })), 'probe');
  assert.equal(findHousekeeping(toRequest([user('quota')], { maxOutputTokens: 100 })), null);
  const classify = [user('Is this review positive or negative? "It broke." Answer P or N.')];
  assert.equal(findHousekeeping(toRequest(classify, { maxOutputTokens: 1 })), null);
});

test('an instruction of any length is read in bounded time', () => {
  const read = (size: number) => {
    const hostile = `generate ${'a '.repeat(size)}title`;
    return findHousekeeping(toRequest([system(hostile), user(hostile)]));
  };
  assert.equal(read(200_000), null);
  assert.ok(growthOf(read, 50_000) < LINEAR_AT_MOST);
});
