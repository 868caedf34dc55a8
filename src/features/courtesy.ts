/** Sentences of courtesy around a request: what a person says to be polite, and what changes nothing about the request. */

const WELL = '(?:well|fine|good|great|ok|okay)';
/** Whole sentences before the request, in the form of `foldText`, without their closing mark. */
const OPENINGS = [
  `(?:i )?hope (?:you(?:'re| are)|this (?:message |email )?finds you|all is|everything is)[^.!?\\n]{0,30} ${WELL}`,
  `(?:i )?hope you(?:'re| are) having a [a-z]{3,12} (?:day|week|morning|evening)`,
  `how are you(?: doing)?(?: today)?`,
  `(?:many )?thank(?:s| you)(?: so much| very much| a lot)? (?:for|in advance)[^.!?\\n]{0,50}`,
  `ich hoffe,? (?:es geht|dir geht|ihnen geht)[^.!?\\n]{0,20} gut`,
  `(?:vielen dank|danke) (?:fur|im voraus)[^.!?\\n]{0,50}`,
  `j'espere que (?:tu vas|vous allez|tout va)[^.!?\\n]{0,12} bien`,
  `merci (?:pour|d'avance)[^.!?\\n]{0,50}`,
  `espero que (?:estes|este|todo este|esteja|tudo esteja)[^.!?\\n]{0,12} (?:bien|bem)`,
  `(?:muchas )?gracias por[^.!?\\n]{0,50}`,
  `obrigad[oa] (?:por|pela|pelo)[^.!?\\n]{0,50}`,
  `spero che (?:tu stia|vada|stiate|lei stia)[^.!?\\n]{0,12} bene`,
  `grazie (?:per|del|della)[^.!?\\n]{0,50}`,
  `ik hoop dat (?:het|alles)[^.!?\\n]{0,20} goed[^.!?\\n]{0,8}`,
  `mam nadzieje,? ze [^.!?\\n]{0,20} dobrze`,
  `надеюсь,? (?:у тебя|у вас|ты|вы)[^.!?\\n]{0,20} (?:хорошо|порядке)`,
  `спасибо за[^.!?\\n]{0,50}`,
].join('|');
const OPENING = new RegExp(`(?:${OPENINGS})[.!?,\\n 。！？]+`, 'y');

/** Whole sentences behind the request. */
const CLOSING =
  /^(?:(?:many )?thank(?:s| you)\b[^.!?\n]{0,40}|thx|cheers|(?:vielen |besten |herzlichen )?dank\b[^.!?\n]{0,40}|danke\b[^.!?\n]{0,40}|merci\b[^.!?\n]{0,40}|(?:muchas |mil )?gracias\b[^.!?\n]{0,40}|(?:muito )?obrigad[oa]\b[^.!?\n]{0,40}|grazie\b[^.!?\n]{0,40}|(?:alvast )?bedankt\b[^.!?\n]{0,40}|dank je\b[^.!?\n]{0,40}|dzieki\b[^.!?\n]{0,40}|dziekuje\b[^.!?\n]{0,40}|(?:заранее )?спасибо[^.!?\n]{0,40}|благодарю[^.!?\n]{0,40}|(?:simdiden )?tesekkur[^.!?\n]{0,40}|谢谢[^.!?\n。！]{0,12}|多谢[^.!?\n。！]{0,12}|(?:よろしく)?(?:ありがとう|お願いします)[^.!?\n。！]{0,12}|감사합니다|고맙습니다|धन्यवाद|शुक्रिया|شكرا[^.!?\n]{0,20})[.!~。！ \n]*$/;
const SENTENCE_END = /[.!?\n。！？؟।]/;

/** A rest shorter than this is no request: "thanks for that, it works" stays as it is. */
const REQUEST_CHARACTERS = 24;
/** Characters at the end in which a closing sentence may begin. */
const CLOSING_CHARACTERS = 80;
const OPENING_ROUNDS = 3;

/** Offset behind the courtesies that open a folded text; `from` when there are none or nothing else follows. */
export const courtesyEnd = (text: string, from: number): number => {
  let end = from;
  for (let round = 0; round < OPENING_ROUNDS; round += 1) {
    OPENING.lastIndex = end;
    const match = OPENING.exec(text);
    if (match === null) break;
    end += match[0].length;
  }
  return text.length - end >= REQUEST_CHARACTERS ? end : from;
};

/** Offset at which a closing courtesy of a folded text begins; the text's length when there is none. */
export const courtesyStart = (text: string): number => {
  const first = Math.max(REQUEST_CHARACTERS, text.length - CLOSING_CHARACTERS);
  for (let at = text.length - 2; at >= first; at -= 1) {
    if (!SENTENCE_END.test(text.charAt(at - 1))) continue;
    const start = text.charAt(at) === ' ' ? at + 1 : at;
    if (CLOSING.test(text.slice(start))) return at;
  }
  return text.length;
};
