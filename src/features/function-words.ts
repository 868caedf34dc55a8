/** Words that hold sentences together and name nothing, in many languages: two sentences that share them are not yet about the same thing. */
import { createHashSet, type HashSet } from './hash-set.ts';
import { foldText } from './normalise.ts';
import { hashWord } from './word-hash.ts';

const hashesOf = (words: string): HashSet => createHashSet(foldText(words).split(/\s+/));

/** Articles, pronouns, prepositions, conjunctions, auxiliary verbs, question words. */
export const FUNCTION_WORDS: HashSet = hashesOf(`
  the an and or but nor if then than that this these those there here it its he she they them his her hers him their who
  whom whose what which when where why how is are was were be been being am do does did done has have had having can could
  may might must shall should will would not no never of in on at to by for from with without as into onto over under
  about so such very too also only just more most less least some any all each every both either neither none other
  another one ones you your yours we our us let's isn't aren't doesn't don't didn't wasn't can't cannot it's that's
  der die das den dem des ein eine einen einem einer und oder aber wenn dann als dass ist sind war waren wird werden hat
  haben hatte kann können muss nicht kein keine keinen auch nur noch schon sehr mit von vom bei zu zum zur auf für aus im
  ins an am um über unter er sie es ihr ihm ihn sich wer wen wem was wie wo welche welcher welches welchen alle jeder jede
  le la les un une des du de et ou mais si est sont était a ont avoir être ne pas plus que qui quoi dont où dans sur sous
  avec sans pour par au aux ce cet cette ces il elle ils elles lui leur son sa ses se tous toutes tout chaque quel quelle
  el los las lo una unos unas y o pero si es son era eran está están ha han que quien quién qué cual cuál con sin para por
  en del al su sus se no más menos muy todos todas todo cada ni también
  os as um uma uns umas e ou mas é são foi eram está estão tem têm quem qual com sem para por em no na nos nas do da dos
  das ao seu sua seus suas não mais todos todas
  il lo gli i uno ed ma se è sono era ha hanno che chi cui cosa quale con senza per in nel nella di del della dei delle al
  alla non più tutti tutte ogni suo sua
  het een en of maar als is zijn was waren heeft hebben dat die wie wat welke met zonder voor van in op te bij niet geen
  ook alleen alle elke
  i oraz lub ale jeśli jest są był była było ma mają nie to ten ta te co kto który która czy z ze do od na w we po przez
  o dla jak się wszystkie każdy
  и или но а если то не ни да же ли бы он она оно они его ее их кто что как где когда какой какая какое какие это этот
  эта эти в во на с со к ко у о об из за по для от до есть был была было были все всех каждый
  ve veya ama ise ki bu şu o bir de da mi mı mu mü ne kim hangi için ile her tüm bütün daha en çok değil var yok göre
  है हैं था थी थे और या पर में से का की के को ने यह वह ये वे जो क्या कौन नहीं भी तो ही सभी हर एक
  من في على الى عن مع هو هي هم هذا هذه ذلك التي الذي ان كان كانت لا ما هل او ثم و كل لها له
`);

/** The writer speaks of himself. Words that are also names or other words elsewhere ("mia", "mi") are left out. */
export const FIRST_PERSON: HashSet = hashesOf(`
  i'm im i've ive i'd i'll me my mine myself ich mir mich mein meine meinen meiner meinem je j'ai j'en moi mon mes yo mis conmigo eu meu minha meus mijn mij mnie moja moje jestem я мне меня мои моя мое мою ben bana benim मैं
  मुझे मेरा मेरी मेरे انا لي 我 私 僕 俺 나 내 저
`);

/** English speaks of the writer with a letter that is "and" or "the" elsewhere, so it counts among English words only. */
export const ENGLISH_I = hashWord('i');
export const ENGLISH_WORDS: HashSet = hashesOf('the is am was to and have had of my that it do can');

/** The writer speaks to whom he asks. */
export const SECOND_PERSON: HashSet = hashesOf(`
  you your you're youre u yourself du dich dir dein deine tu toi ton t'es t'as vous tú te ti contigo você vc te ti jij jou
  jouw ty ciebie ci tobie ты тебя тебе тобои вы вас sen sana seni तुम तुम्हें आप आपको انت 你 您 君 너 넌
`);

/** Words that open a question, with or without its mark. */
export const QUESTION_OPENERS: HashSet = hashesOf(`
  what whats what's who whos who's whom whose which where when how is are was were does did do can could must will would
  wer wen wem wessen was wie wo wann welche welcher welches welchen ist sind kann qui que quel quelle quels quelles où
  comment est-ce peut quién qué cuál cómo dónde quem qual como onde chi cosa quale dove può wie wat welke hoe waar is kto co
  czy który która jak gdzie кто что какой какая какие где как кем чей сколько kim ne hangi nasıl nerede कौन क्या कैसे कहाँ من
  ما هل كيف أين كم
`);

/** Questions for a reason, an opinion or advice: their answer does not follow from what was said. */
export const OPEN_QUESTIONS: HashSet = hashesOf(`
  why should would warum wieso weshalb soll sollte pourquoi porque perche waarom dlaczego почему зачем neden niçin niye
  क्यों لماذا 为 なぜ 왜
`);
