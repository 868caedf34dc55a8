// Ten lines of the official OpenAI SDK against Gearbox: OPENAI_BASE_URL and OPENAI_API_KEY say where it is.
import OpenAI from 'openai';

const client = new OpenAI({ timeout: 60_000 });
const ask = async (content) => {
  const { choices, model, gearbox } = await client.chat.completions.create({
    model: 'auto',
    messages: [{ role: 'user', content }],
  });
  console.log(`${gearbox.component} (${model}, effort ${gearbox.effort.applied}): ${gearbox.reason}`);
  return choices[0].message.content;
};

await ask('What is the capital of France?');
await ask('Prove that the square root of 2 is irrational. Think hard about this.');
