/** Words that relate things to each other or set a formal task, in many languages: data for logic, mathematics and tools. */

export const REASONING_CUE_KINDS = [
  'kinship',
  'negation',
  'position',
  'limit',
  'continuation',
  'logic_task',
  'logic_form',
  'teller_kind',
  'math_verb',
  'asked_value',
  'notation',
  'fact_question',
  'program_task',
  'action',
] as const;

export type ReasoningCueKind = (typeof REASONING_CUE_KINDS)[number];

/** Patterns by kind, written as in `type-cues.ts`. */
export const REASONING_CUES: Readonly<Record<ReasoningCueKind, readonly string[]>> = {
  kinship: [
    "(brother|brothers|sister|sisters|mother|father|son|daughter|sons|daughters|uncle|aunt|nephew|niece|cousin|grandfather|grandmother|grandson|granddaughter|husband|wife|sibling|siblings|parent|parents|married to|twin|twins|brother in law|sister in law|father in law|mother in law|mother's|father's|brother's|sister's|son's|daughter's)",
    '(bruder|schwester|mutter|vater|sohn|tochter|onkel|tante|neffe|nichte|großvater|großmutter|enkel|ehemann|ehefrau|frère|sœur|mère|père|fils|fille|oncle|neveu|nièce|cousin|cousine|grand-père|grand-mère|mari)',
    '(hermano|hermana|madre|padre|hijo|hija|tío|tía|sobrino|sobrina|primo|prima|abuelo|abuela|nieto|nieta|esposo|esposa|irmão|irmã|mãe|pai|filho|filha|tio|tia|sobrinho|sobrinha|avô|avó|neto|neta|marido|fratello|sorella|figlio|figlia|zio|zia|nipote|cugino|nonno|nonna|marito|moglie)',
    '(broer|zus|moeder|vader|zoon|dochter|oom|neef|nicht|grootvater|opa|oma|brat|siostra|matka|ojciec|syn|córka|wujek|ciotka|dziadek|babcia|wnuk|mąż|żona|bratem|siostrą|matką|ojcem|synem|córką)',
    '(брат|сестра|мать|отец|сын|дочь|дядя|тетя|племянник|племянница|дед|дедушка|бабушка|внук|внучка|муж|жена|братом|сестрой|матерью|отцом|сыном|дочерью)',
    '(爸爸|妈妈|父亲|母亲|哥哥|弟弟|姐姐|妹妹|儿子|女儿|叔叔|舅舅|姑姑|阿姨|爷爷|奶奶|孙子|丈夫|妻子|父|母|兄|姉|息子|娘|叔父|叔母|祖父|祖母|孫|아버지|어머니|형|누나|오빠|언니|동생|아들|딸|삼촌|이모|고모|할아버지|할머니|kardeşi|abisi|ablası|annesi|babası|oğlu|kızı|amcası|dayısı|teyzesi|halası|dedesi|भाई|बहन|माँ|पिता|बेटा|बेटी|चाचा|मामा|दादा|नाना|أخ|أخو|أخت|والد|والدة|ابن|ابنة|بنت|عم|خال|جد)',
  ],
  negation: [
    "(not|never|neither|nobody|none|nothing|cannot|isn't|aren't|wasn't|doesn't|don't|didn't|won't|can't|nor)",
    '(nicht|kein|keine|keiner|nie|weder|niemand|pas|jamais|aucun|aucune|personne ne|nunca|ningún|ninguna|nadie|tampoco|não|nenhum|nenhuma|ninguém|non|mai|nessun|nessuna|nessuno|niet|geen|nooit|niemand|nie|żaden|nigdy|nikt|не|ни|никто|никогда|нет)',
    '(不|没|沒|非|未|ない|ません|なかった|ではない|않|아니|없|못|değil|değildir|hiçbir|yok|नहीं|कोई नहीं|ليس|ليست|لا|لم|لن)',
  ],
  position: [
    '(north|south|east|west|northeast|northwest|southeast|southwest|left|right|above|below|beneath|under|on top|behind|beside|between|opposite|directly|immediately|adjacent|upstairs|downstairs|before|after|first|second|third|fourth|fifth|last|ahead|clockwise|furthest|nearest|turn|turns|direction|which way|facing|clockwise)',
    '(nördlich|südlich|östlich|westlich|links|rechts|über|unter|hinter|neben|zwischen|gegenüber|direkt|vor|nach|erster|letzter|als letzter|als erster|nord|sud|est|ouest|gauche|droite|dessus|dessous|derrière|entre|avant|après|premier|dernier|en dernier)',
    '(norte|sur|este|oeste|izquierda|derecha|encima|debajo|detrás|antes|después|primero|último|sul|leste|esquerda|direita|acima|abaixo|atrás|depois|primeiro|nord|ovest|sinistra|destra|sopra|sotto|dietro|tra|prima|dopo|ultimo|noord|zuid|oost|west|links|rechts|boven|onder|achter|tussen)',
    '(północ|południe|wschód|zachód|lewo|prawo|lewej|prawej|nad|pod|za|między|przed|po|север|севернее|юг|южнее|восток|восточнее|запад|западнее|слева|справа|над|под|за|между|до|после|первый|последний)',
    '(北|南|东|西|東|左|右|上面|下面|前面|后面|之间|上に|下に|前に|後ろ|間|북|남|동쪽|서쪽|왼쪽|오른쪽|위에|아래|앞|뒤|사이|kuzey|güney|doğu|batı|solundadır|sağındadır|üstündedir|altındadır|kuzeyinde|güneyinde|solunda|sağında|solda|sağda|üstünde|altında|arkasında|arasında|उत्तर|दक्षिण|पूर्व|पश्चिम|बाएँ|दाएँ|ऊपर|नीचे|شمال|جنوب|شرق|غرب|يمين|يسار|فوق|تحت|خلف|بين)',
  ],
  limit: [
    '(at a time|at the same time|at once|only # at|only one|only two|only once|only twice|exactly one|exactly #|at most|no more than|one by one|can carry|carries|can hold|holds|fits|has room for|room for|takes two|takes only|left alone|stay alone|alone together|alone with|seats two|seats #|without touching|identical|look the same|looks the same|look alike|one of them is|one is|slightly|weighings|weighing|weigh|weighs|fake|fakes|# times|twice|balance|balance scale|pan balance|scale|scales|jug|jugs|bucket|buckets|hourglass|hourglasses|fuse|ropes|boat|raft|canoe|ferry|river|cross|crossing|other side|other bank|get over|get across|fewest|least number|smallest number|switch|switches|bulb|light bulb|prisoner|prisoners|hat|hats|counterfeit)',
    '(auf einmal|nur einmal|gleichzeitig|höchstens|genau eine|waage|boot|fähre|fluss|überqueren|allein lassen|à la fois|une seule fois|au plus|balance|bateau|barque|traverser|rivière|seuls|a la vez|una sola vez|solo cabe|como máximo|balanza|barca|bote|cruzar|río|solos|de cada vez|por vez|no máximo|só um|balança|barco|atravessar|rio|sozinhos|sozinhas|alla volta|al massimo|una sola volta|bilancia|attraversare|fiume|da soli|per keer|tegelijk|hoogstens|weegschaal|oversteken|rivier|naraz|najwyżej|tylko raz|waga|łódź|przeprawić|rzekę|за раз|одновременно|не более|весы|взвешиваний|лодка|лодке|переправить|реку|река)',
    '(一次|每次|最多|只能|同时|天平|称|船|过河|渡河|河|一度に|一つしか|一人しか|同時に|天秤|舟|渡る|渡れ|川|한 번에|최대|저울|배|강을|건너|aynı anda|bir seferde|en fazla|terazi|tekne|kayık|nehir|karşıya|एक बार में|अधिकतम|तराजू|नाव|नदी|पार|في كل مرة|مرة واحدة|على الأكثر|ميزان|قارب|نهر|يعبر)',
  ],
  continuation: [
    '(what comes next|letter comes|number comes|goes next|which letter|what letter|comes next|what is next|next number|next letter|next term|next item|next element|next in|missing number|missing term|missing letter|missing item|continue the sequence|continue the series|continues the|complete the sequence|complete the series|complete the pattern|letters follow|number follows|letter follows|what follows|fill in the blank|series|sequence|pattern)',
    '(zahlenreihe|zahlenfolge|reihe fort|folge fort|welche zahl|nächste zahl|was kommt als nächstes|wie geht es weiter|suite logique|nombre suivant|complète la suite|quel nombre|siguiente número|completa la serie|completa la secuencia|qué número|sigue en la|próximo número|complete a sequência|qual o próximo|numero successivo|completa la sequenza|prossimo numero|volgende getal|maak de reeks|następna liczba|uzupełnij ciąg|следующее число|продолжи ряд|продолжите ряд|какое число)',
    '(下一个数|下一个|接下来|规律|数列|次の数|次に来る|数列|規則|다음 수|다음에 올|수열|규칙|sıradaki|serinin|dizinin|अगली संख्या|अगला|श्रृंखला|العدد التالي|أكمل|المتتالية)',
  ],
  logic_task: [
    '(does that hold|does this hold|right or wrong|valid to infer|valid to conclude|can be inferred|prove or refute|refute or prove|decide whether|what follows|what do we know|what can we say|what must|who must|which must|what can you say|valid argument|valid or invalid|is the argument|this argument valid|sound argument|entailment|entails|entailed|contradicts|contradiction or|true or false|true false or|true false unknown|false or unknown|premise|premises|hypothesis|conclusion follow|does it follow|does this follow|does that follow|follow logically|follows logically|follow from|follows from|must it be|must be true|cannot be true|could be true|can we say|can we be sure|can we conclude|can we infer|is it certain|is it possible for|relative to|related to|in which direction|in what order|which order)',
    '(folgt daraus|folgt logisch|kann man schließen|ist der schluss|prämisse|widerspruch|in welcher richtung|in welcher reihenfolge|peut-on conclure|en déduire|prémisse|dans quel ordre|dans quelle direction|se puede concluir|se deduce|premisa|en qué orden|en qué dirección|es correcto afirmar|pode-se concluir|podemos concluir|é correto afirmar|é correto concluir|segue que|em que ordem|em que direção)',
    '(si può concludere|possiamo concludere|ne segue|in quale ordine|in quale direzione|volgt hieruit|kunnen we concluderen|in welke volgorde|in welke richting|czy wynika|czy można wywnioskować|czy prawdą jest|w jakiej kolejności|w którym kierunku|следует ли|верно ли|можно ли утверждать|можно ли сделать вывод|в каком порядке|в каком направлении|кем приходится|кем)',
    '(能否推出|可以推出|能得出|是否正确|是否一定|論理的に|必ず正しい|と言えるか|結論|논리적으로|결론|반드시|mantıksal olarak|buna göre|sonuç çıkar|निष्कर्ष|جدول الحقيقة|هل يمكن استنتاج|هل نستنتج|هل يعني)',
  ],
  logic_form: [
    '(truth table|truth tables|logically equivalent|logical equivalent|contrapositive|the converse|converse of|negate the|negation of|predicate logic|first order logic|propositional logic|boolean expression|boolean algebra|tautology|satisfiable|entailment|modus ponens|modus tollens|syllogism)',
    '(wahrheitstabelle|logisch äquivalent|prädikatenlogik|aussagenlogik|kontraposition|tautologie|table de vérité|logiquement équivalent|contraposée|tautologie|tabla de verdad|lógicamente equivalente|contrarrecíproca|tautología|tabela verdade|tabela-verdade|logicamente equivalente|contrapositiva|tautologia|tabella di verità|logicamente equivalente|contronominale|waarheidstabel|tablica prawdy|таблица истинности|таблицу истинности|контрапозиция|тавтология|真值表|逻辑等价|逆否命题|真理値表|対偶|진리표|대우|doğruluk tablosu|सत्य तालिका|جدول الحقيقة)',
  ],
  teller_kind: [
    '(liar|liars|knight|knights|knave|knaves|truth teller|truth tellers|truthteller|always lies|always lie|never lies|tells the truth|always tells the truth|lügner|ritter|schurke|schurken|ehrliche|ehrlicher|menteur|menteurs|chevalier|chevaliers|mentiroso|mentirosos|caballero|caballeros|bribón|bribones|cavaleiro|cavaleiros|bugiardo|bugiardi|cavaliere|cavalieri|leugenaar|leugenaars|ridder|ridders|kłamca|kłamcy|rycerz|rycerze|лжец|лжецы|рыцарь|рыцари|правдолюб|说谎者|骗子|骑士|嘘つき|正直者|騎士|거짓말쟁이|기사|yalancı|doğrucu|झूठा|सच्चा|كاذب|صادق)',
  ],
  math_verb: [
    '(solve|compute|calculate|simplify|factor|factorize|factorise|differentiate|integrate|work out)',
    '(berechne|berechnen|löse|vereinfache|bestimme|calcule|calculez|calculer|résous|résolvez|résoudre|simplifie|factorise|calcula|calcular|resuelve|resolver|simplifica|factoriza|resolva|fatore|simplifique|calcola|risolvi|semplifica|bereken|los op|vereenvoudig|oblicz|rozwiąż|uprość|вычисли|вычислите|реши|решите|упрости|упростите|посчитай|посчитайте)',
    '(计算|計算|求解|解方程|化简|求|計算して|計算せよ|求めよ|求めて|解け|因数分解|계산|구하|풀어|hesapla|çöz|sadeleştir|गणना|हल|ज्ञात|احسب|أوجد|حل)',
    '(beräkna|lös|förenkla|beregn|løs|forenkle|laske|ratkaise|vypočítej|vypočti|vyřeš|spočítej|обчисли|обчисліть|розвяжи|розвяжіть|hitung|hitunglah|selesaikan|tentukan|tính|giải|calculează|rezolvă|számold|számítsd|oldd meg)',
  ],
  asked_value: [
    "(what is|what's|whats|what are|what was|what were|what will|what would|what did|what does|what share|what part|what are the odds|when does|when do|when will|how large|how big|how full|how wide|how heavy|which fraction|find the|find its|find out|the chance|chance of|odds of|probability|how many|how much|how long|how far|how old|how fast)",
    '(wie groß|wie hoch|wie schwer|wie viel|wie viele|wie lange|wie weit|wie schnell|wie teuer|was kostet|was ist|wann|welche|welchen|welcher|quel est|quelle est|quels sont|quelles sont|combien|quelle|quel|cuál es|cuál fue|cuáles son|cuánto|cuánta|cuántos|cuántas|qué|qual é|qual era|quais são|quanto|quanta|quantos|que|qual è|quali sono|quanto|quanti|quante|in quanti|in quanto)',
    '(wat is|wat was|hoeveel|hoe groot|hoe hoog|hoe lang|jaki jest|jaka jest|jakie jest|jaki był|ile|ilu|o ile|какой|какая|какова|каков|какое|с какой|сколько|на сколько|чему равна|чему равен|чему равно|найди|найдите)',
    '(多少|几|是什么|求|多远|多久|多大|いくら|いくつ|何|どれ|얼마|몇|무엇|kaç|kaçtır|nedir|ne kadar|kaçta|क्या|कितना|कितने|कितनी|ज्ञात|ما|كم|ما هو|ما هي|أوجد|hur många|hur mycket|hur lång|vad är|скільки|яка|який|berapa|bao nhiêu|kolik|jaká)',
  ],
  notation: [
    '(scientific notation|standard form|as a fraction|as a decimal|as a percentage|in binary|to binary|in hexadecimal|to hexadecimal|in hex|to hex|in octal|in base #|to base #|base # to|significant figures|decimal places|lowest terms|simplest form|to degrees|to radians|in radians|in terms of pi|square root of|cube root of|to the power of|log base|natural log|in percent|as a percent|how many percent|percentage increase|percentage decrease|increase in percent|smallest to largest|largest to smallest|ascending order|descending order)',
    '(als bruch|in prozent|wie viel prozent|en pourcentage|en porcentaje|qué porcentaje|em porcentagem|in percentuale|в процентах|на сколько процентов|сколько процентов|als dezimalzahl|ins binärsystem|binär|en fraction|en binaire|écriture scientifique|como fracción|en binario|notación científica|como fração|em binário|notação científica|come frazione|in binario|als breuk|jako ułamek|в виде дроби|в двоичную|二进制|分数形式|小数形式|2進数|分数で|이진수|분수로|ikilik|kesir olarak|भिन्न के रूप|ثنائي)',
  ],
  fact_question: [
    '(who|who invented|who created|who wrote|when was|when were|when did|where was|where did|in which year|in what year|what year|which year|wer|wann wurde|wann war|in welchem jahr|wo wurde|qui a|quand a|en quelle année|quién|cuándo|en qué año|quem|quando foi|em que ano|chi ha|quando è|in che anno|wie heeft|wanneer|in welk jaar|kto|kiedy|w którym roku|кто|когда|в каком году|谁|誰|哪一年|誰が|いつ|何年|누가|언제|kim|ne zaman|hangi yıl|कौन|किसने|कब|من|متى|في أي عام)',
  ],
  program_task: [
    '(you are given|given a string|given two strings|given an array|given two arrays|given an integer array|given a sorted array|given a list|given a matrix|given a grid|given a binary tree|given the root|given the head|given a linked list|given a graph|given an integer|given n|of length n|return the|return a|return all|return true|return its|return an|print the|print a single|output the|output a single|in place|constraints|test cases|test case|minimum number of|maximum number of|longest substring|subarray|substring|subsequence)',
  ],
  action: [
    '(search|look up|find|fetch|download|upload|open|read|check|verify|compare|merge|copy|move|rename|delete|remove|create|update|edit|fix|run|rerun|restart|build|test|deploy|commit|push|file|send|mail|email|reply|forward|notify|tell me|report|list|book|reserve|order|schedule|add|put|save|store|export|import|convert|install|log|post|publish|cancel|sort|go through)',
    '(suche|such|finde|öffne|lies|prüfe|überprüfe|vergleiche|kopiere|verschiebe|lösche|erstelle|aktualisiere|ändere|behebe|starte|schicke|schick|sende|buche|trage|speichere|lade|melde|cherche|trouve|ouvre|lis|vérifie|compare|copie|déplace|supprime|crée|modifie|corrige|lance|envoie|réserve|ajoute|enregistre|télécharge)',
    '(busca|encuentra|abre|lee|revisa|comprueba|compara|copia|mueve|borra|crea|actualiza|corrige|ejecuta|envía|manda|reserva|agrega|añade|guarda|descarga|procure|encontre|abra|leia|verifique|compare|copie|mova|apague|crie|atualize|corrija|execute|envie|reserve|adicione|salve|baixe|cerca|trova|apri|leggi|controlla|confronta|copia|sposta|elimina|aggiorna|correggi|esegui|invia|manda|prenota|aggiungi|salva|scarica)',
    '(zoek|vind|lees|controleer|vergelijk|kopieer|verplaats|verwijder|maak|werk bij|voer uit|stuur|boek|voeg toe|wyszukaj|znajdź|otwórz|przeczytaj|sprawdź|porównaj|skopiuj|przenieś|usuń|utwórz|zaktualizuj|napraw|uruchom|wyślij|zarezerwuj|dodaj|zapisz|pobierz|найди|открой|прочитай|проверь|сравни|скопируй|перемести|удали|создай|обнови|исправь|запусти|отправь|забронируй|добавь|сохрани|скачай)',
    '(搜索|查找|打开|读取|检查|比较|复制|移动|删除|创建|更新|修复|运行|发送|预订|添加|保存|下载|検索|開い|読ん|確認|比較|コピー|移動|削除|作成|更新|修正|実行|送信|予約|追加|保存|검색|찾아|열어|읽고|확인|비교|복사|삭제|만들고|업데이트|고치|실행|보내|예약|추가|저장|bul|ara|aç|oku|kontrol et|karşılaştır|kopyala|taşı|sil|oluştur|güncelle|düzelt|çalıştır|gönder|ekle|kaydet|indir|खोजो|ढूंढो|पढ़ो|जाँचो|तुलना|भेजो|बुक|जोड़ो|ابحث|افتح|اقرأ|تحقق|قارن|انسخ|احذف|حدّث|أصلح|شغّل|أرسل|احجز|أضف|احفظ)',
  ],
};
