import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Writes tests/golden/java_regex/cases.tsv: what java.util.regex finds. Run with Java 17:
 * java tools/java_regex/Generate.java > tests/golden/java_regex/cases.tsv
 *
 * With arguments: how many random patterns of each kind, and their seed, to try others than the
 * stored ones: java tools/java_regex/Generate.java 20000 7 > /tmp/cases.tsv, then
 * SG_JAVA_CASES=/tmp/cases.tsv regex_test --gtest_filter='JavaGolden*'
 *
 * Lines, fields separated by tabs, escapes \n \r \t \\ and \{hex}:
 *   T text                       texts, numbered from 0 in order of appearance
 *   P flags pattern text:spans…  flags are Pattern's bits; spans are UTF-8 byte offsets of group 0
 *   E flags pattern              Pattern.compile() refuses it
 */
public final class Generate {
  /** Ends a match that takes too many steps: such a case is left out. */
  private static final class Counted implements CharSequence {
    private final String text;
    private int left = 200_000;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw new IllegalStateException("too many steps");
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }
  }

  private static final List<String> TEXTS = new ArrayList<>();
  private static final LinkedHashSet<String> LINES = new LinkedHashSet<>();

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(c -> {
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\\' -> out.append("\\\\");
        default -> {
          boolean odd = c < 0x20 || (c >= 0x7F && c <= 0xA0) || (c >= 0x2000 && c <= 0x206F)
              || Character.getType(c) == Character.NON_SPACING_MARK
              || Character.getType(c) == Character.UNASSIGNED;
          if (odd) {
            out.append("\\{").append(Integer.toHexString(c)).append('}');
          } else {
            out.appendCodePoint(c);
          }
        }
      }
    });
    return out.toString();
  }

  private static int byteOffset(String text, int index) {
    return text.substring(0, index).getBytes(StandardCharsets.UTF_8).length;
  }

  private static boolean splitsPair(String text, int index) {
    return index > 0 && index < text.length() && Character.isLowSurrogate(text.charAt(index))
        && Character.isHighSurrogate(text.charAt(index - 1));
  }

  /** The spans, or null when the case can not be told in UTF-8 or takes too long. */
  private static String spans(Pattern pattern, String text) {
    StringBuilder out = new StringBuilder();
    try {
      Matcher matcher = pattern.matcher(new Counted(text));
      while (matcher.find()) {
        if (splitsPair(text, matcher.start()) || splitsPair(text, matcher.end())) {
          return null;
        }
        if (out.length() > 0) {
          out.append(',');
        }
        out.append(byteOffset(text, matcher.start())).append('-')
            .append(byteOffset(text, matcher.end()));
      }
    } catch (RuntimeException | StackOverflowError e) {
      return null; // too many steps, or one of Java's own mistakes
    }
    return out.toString();
  }

  private static void add(String source, int flags, List<Integer> texts) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(source, flags);
    } catch (PatternSyntaxException e) {
      LINES.add("E\t" + flags + "\t" + escape(source));
      return;
    } catch (RuntimeException | StackOverflowError e) {
      return; // not a decision about syntax
    }
    StringBuilder line = new StringBuilder("P\t" + flags + "\t" + escape(source));
    int cases = 0;
    boolean behind = source.contains("(?<=") || source.contains("(?<!");
    for (int i : texts) {
      // Look-behind counts UTF-16 units and misses matches over a pair: no meaning to keep.
      if (behind && TEXTS.get(i).codePoints().anyMatch(c -> c > 0xFFFF)) {
        continue;
      }
      String found = spans(pattern, TEXTS.get(i));
      if (found != null) {
        line.append('\t').append(i).append(':').append(found);
        cases++;
      }
    }
    if (cases > 0) {
      LINES.add(line.toString());
    }
  }

  private static List<Integer> textsOf(String... texts) {
    List<Integer> out = new ArrayList<>();
    for (String text : texts) {
      if (!TEXTS.contains(text)) {
        TEXTS.add(text);
      }
      out.add(TEXTS.indexOf(text));
    }
    return out;
  }

  private static void cross(String[] patterns, int[] flags, List<Integer> texts) {
    for (String pattern : patterns) {
      for (int bits : flags) {
        add(pattern, bits, texts);
      }
    }
  }

  private static final int I = Pattern.CASE_INSENSITIVE;
  private static final int M = Pattern.MULTILINE;
  private static final int S = Pattern.DOTALL;
  private static final int U = Pattern.UNICODE_CASE;
  private static final int UC = Pattern.UNICODE_CHARACTER_CLASS;
  private static final int X = Pattern.COMMENTS;
  private static final int D = Pattern.UNIX_LINES;
  private static final int L = Pattern.LITERAL;

  private static void lines() {
    List<Integer> texts = textsOf("", "a", "\n", "\r\n", "a\n", "a\r\n", "a\r", "a\u0085",
        "a\u2028b\u2029", "\na\n\nb\n", "a\r\nb\r\n\r\n", "a\rb\n\rc", "\r\r\n\n", "a\u000bb\fc\n");
    cross(new String[] {"^", "$", "^$", "\\A", "\\Z", "\\z", ".", ".*", ".+", "a$", "a\\Z", "a\\z",
        "^a", "^b", "^.*$", "(?m)^", "(?m)$", "(?d).", "(?md)$", "(?s).", "(?s).+", "\\R", "\\R+",
        "\\R{2}", "\\R\\n", "a\\R", "(?>\\R)\\n", "\\v", "\\V", "\\v+$", "\\h", "\\s", "\\S+",
        "^.", ".$", "(?m:^.)|b", "$\\n", "\\n$", "(?=\\n)$", "[^\\n]", "[^a]+$", "\\Aa|b\\Z",
        "(?<=^a)\\s", "(?<=\\n)^", "^*a", "$?a", "(^|\\n)b", "\\G.", "\\Ga?", "\\G\\n|a"},
        new int[] {0, M, D, M | D, S, M | S}, texts);
  }

  private static void escapes() {
    List<Integer> texts = textsOf("aA1_ -\t\u0007\u001b\u0001\f", "é É ß ẞ ſ K ı İ µ Å",
        "x41A\\AQ]^[&&}{", "😀a😁", "$.*+?()|", "\u0000a\u007f\u0080\u00ff");
    cross(new String[] {"\\t", "\\a", "\\e", "\\f", "\\cA", "\\ca", "\\0101", "\\060", "\\08",
        "\\0377", "\\0400", "\\x41", "\\x{41}", "\\x{1F600}", "\\x{110000}", "\\x{}", "\\x4",
        "\\xg", "\\u0041", "\\ud83d\\ude00", "\\uD83D", "\\u004", "\\N{LATIN SMALL LETTER A}",
        "\\N{}", "\\Q$.*\\E", "\\Q*+?", "\\Qa\\E+", "a\\Q\\E+", "\\E", "\\Q\\E", "[\\Q]^\\E]",
        "[\\Q^a\\E]", "\\\\", "\\$", "\\é", "\\😀", "\\_", "\\-", "\\ ", "\\y", "\\i", "\\j",
        "\\C", "\\E", "\\8", "\\g1", "\\", "a\\", "\\c", "\\0", "\\1", "]", "}", "]a", "{", "{1}",
        "a{", "a{1", "a{1,", "a{2,1}", "a{,2}", "a{x}", "a{1}{2}", "a{1}{0}", "a**", "a*+*", "+a",
        "|*", "(*)", "()*", "(", ")", "a)", "(a", "(?", "(?<", "(?<a", "(?<a>", "(?<1>a)", "(?P<a>a)",
        "(?#a)", "(?i", "(?z)", "(?-", "(?i-)", "(?i)a", "a(?i)a|A", "(a(?i)a)A", "(?i:a)A", "(?-i)a",
        "(?iu)é", "(?i)é", "(?i)ß", "(?iu)ß", "(?iu)ẞ", "(?iu)k", "(?iu)K", "(?iu)i", "(?iu)ı",
        "(?iu)İ", "(?iu)s", "(?iu)ſ", "(?iu)µ", "(?iu)å", "(?iu)[a-z]", "(?iu)[A-Z]", "(?iu)[^a-z]",
        "(?iu)[à-ÿ]", "(?iU)[i-k]", "(?iu)[iß]", "(?iu)\\u212a", "(?i)[a-zé]", "(?iu)[é&&[^x]]",
        "<(?<n>.)\\k<n>", "\\k<n>", "(?<n>a)(?<n>b)", "(?<n1>a)\\k<n1>", "\\k{n}", "\\ka", "😀+",
        "[😀-😁]+", "[^😀]", "[\\ud83d\\ude00]", ".", "[\\x00-\\x{10ffff}]", "\\X", "a||b", "|", "",
        "(|a)+", "(?:)", "[a", "[", "[]", "[]a]", "[^]a]", "[^]", "[a-]", "[-a]", "[a-\\d]",
        "[\\d-a]", "[z-a]", "[a--]", "[!--]", "[\\v-a]", "[\\b]", "[\\R]", "[\\A]", "[\\1]", "[$.*]",
        "[\\-\\]]", "[a-c-e]", "\\p{}", "\\p", "\\p{L", "\\pL", "\\PL", "\\pLu", "\\p{Foo}",
        "\\p{IsFoo}", "\\p{InFoo}", "\\p{sc=Foo}", "\\p{foo=L}", "\\b{g}", "\\b{x}", "\\b{2}a"},
        new int[] {0, I, I | U, L}, texts);
  }

  private static void classes() {
    List<Integer> texts = textsOf("abcxyzABCXYZ0189_- &&^[]", "é1٣Ⅷ ªʰαΩж中\u0301e\u0301_",
        "a\u00a0b\u2003c\u1680d\u180ee\u3000\u001c\u0085\u200b", "!\"#$%&'()*+,./:;<=>?@\\`{|}~",
        "ǅǈDž𝐀𝟘\u200d‿€£∑«»\u00ad\u0600", "Straße ſtück İstanbul ıK");
    List<String> patterns = new ArrayList<>(List.of("[a-z&&[^b]]", "[a-z&&b-y]", "[a-z&&[bc]x]",
        "[^a-z&&[bc]]", "[^[a]b]", "[a[b[c]]]", "[a-c[x-z]]", "[^a-c[x-z]]", "[a-z&&[^m-p]&&[^a]]",
        "[\\w&&[^\\d]]", "[\\w&&\\D]", "[\\w&&[^_]&&[^a-f]]+", "[a&&b]", "[ab&&^b]", "[&&a]", "[a&&]",
        "[a&b]", "[a&&&b]", "[a&&&&b]", "[&&]", "[&]", "[&&&&a]", "[a-z&&]", "[^&&a]", "[a&&[b]c&d]",
        "[\\p{L}&&[^\\p{Lu}]]", "[\\p{L}&&\\p{Lu}]", "[^\\p{L}]", "[\\p{L}\\d_]", "[^\\p{L}\\d\\s]",
        "[\\P{L}&&\\S]", "[^\\P{L}]", "[\\w\\p{Punct}]", "[[^a-z]&&[^A-Z]]", "[^[^a]]", "[^\\W\\d]",
        "[\\h\\v]", "[\\H&&\\V]", "[\\s\\S]", "[^\\s\\S]", "[\\d\\D]+", "[a-z&&[aeiou]]*",
        "[a-zA-Z&&[^aeiouAEIOU]]+", "[\\p{IsGreek}[a-c]]", "[\\p{L}&&[\\p{IsGreek}\\p{IsCyrillic}]]",
        "[^\\p{IsGreek}&&\\p{L}]", "[^[\\p{L}&&[^a-z]]]", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S",
        "\\h", "\\H", "\\v", "\\V", "\\w+", "\\b", "\\B", "\\b\\w+\\b", "\\bé", "e\\b", "\\B.", "\\X",
        "[a-c&&[b-d]&&[c-e]]", "[[a-c]&&[b-d]]", "[0-9&&[^5]]", "[[a-z]&&[^a-c]x]", "[^]-a]"));
    for (String name : new String[] {"Lower", "Upper", "ASCII", "Alpha", "Digit", "Alnum", "Punct",
        "Graph", "Print", "Blank", "Cntrl", "XDigit", "Space", "javaLowerCase", "javaUpperCase",
        "javaAlphabetic", "javaIdeographic", "javaTitleCase", "javaDigit", "javaDefined", "javaLetter",
        "javaLetterOrDigit", "javaJavaIdentifierStart", "javaJavaIdentifierPart",
        "javaUnicodeIdentifierStart", "javaUnicodeIdentifierPart", "javaIdentifierIgnorable",
        "javaSpaceChar", "javaWhitespace", "javaISOControl", "javaMirrored", "L", "Lu", "Ll", "Lt",
        "Lm", "Lo", "M", "Mn", "Nd", "Nl", "No", "N", "Z", "Zs", "Zl", "C", "Cc", "Cf", "Cn", "P", "Pc",
        "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "LC", "LD", "L1", "all",
        "IsAlphabetic", "IsIdeographic", "IsLetter", "IsLowercase", "IsUppercase", "IsTitlecase",
        "IsPunctuation", "IsControl", "IsWhite_Space", "IsDigit", "IsHex_Digit", "IsJoin_Control",
        "IsNoncharacter_Code_Point", "IsAssigned", "IsAlnum", "IsBlank", "IsGraph", "IsPrint", "IsWord",
        "IsLatin", "IsGreek", "IsCyrillic", "IsHan", "IsLatn", "isalphabetic", "ISALPHABETIC",
        "Isalphabetic", "IsL", "IsLu", "IsEmoji", "InGreek", "InBasic Latin", "InBasicLatin",
        "InBASIC_LATIN", "InCyrillic", "InLatin-1 Supplement", "sc=Greek", "script=Grek",
        "sc=latin", "gc=Lu", "gc=L", "general_category=Nd", "gc=lu", "blk=Greek", "block=Cyrillic",
        "SC=Greek", "lower", "LOWER", "javaFoo", "javaSurrogate", "alpha", "Latin"}) {
      patterns.add("\\p{" + name + "}");
      patterns.add("[^\\p{" + name + "}x]");
    }
    cross(patterns.toArray(new String[0]), new int[] {0, I, UC}, texts);
  }

  private static void structure() {
    List<Integer> texts = textsOf("aaaa", "abab abba", "aXbxAB", "foobar barfoo foo", "ab12ab 12",
        "\"a'b\" 'c\"'", "aéaÉ kK", "xaabbbcc");
    cross(new String[] {"a?", "a??", "a?+", "a*", "a*?", "a*+", "a+", "a+?", "a++", "a++a", "a*+a",
        "a{2}", "a{2,}", "a{2,3}", "a{2}?", "a{2,}?", "a{2,3}?", "a{2}+", "a{2,}+", "a{1,3}+a", "a{0}",
        "a{0,0}b", "(a|ab){2}+", "(a|ab){1,2}+b", "(?:a|ab)++b", "(a|ab)*+", "(ab)*", "(ab|ba)+",
        "(a*)*", "(a*)+", "(a?)*b", "(a|b)*?b", "(?:a*)*?b", "(a)|b", "(a)|(b)\\2", "(a)?\\1", "(a)?b\\1",
        "(a|b)\\1", "(ab)\\1", "(?i)(a)\\1", "(?i)(a|k)\\1", "(?iu)(a|é|k)\\1", "\\1(a)", "(a\\1)",
        "(a)\\10", "(a)\\11", "(a)(b)\\2\\1", "(a(b))\\2", "(?:(a)|b)*\\1", "((a)|b)+\\2", "(['\"]).*?\\1",
        "(?i)(['\"]).*?\\1", "(?>a*)b", "(?>a|ab)b", "(?>a+)a", "(?=a)a", "(?!a).", "a(?=b)", "a(?!b)",
        "(?<=a)b", "(?<!a)b", "(?<=ab|b)a", "(?<=a{1,2})b", "(?<=a?b)a", "(?<=(?:a|ab)c?)b",
        "(?<!a{0,2})b", "(?<=a*)b", "(?<=a+)b", "(?<=(a))b\\1", "(?<=(a|bb))a", "(?<=\\bfoo)b",
        "(?<=(?=f)f)o", "(?<=\\Gf)o", "(?<!\\w)b", "(?<=[ab]{2})b", "(?<=^foo)bar", "(?<=\\R)a",
        "(?<=\\1(a))b", "(?<=\\X)a", "(?<=(?>ab|a))b", "(?<=a{1,2}+)b", "(?<=.)", "(?<=^|b)a",
        "(?<=(?:ab){1,2})a", "(?<!foo|ba)r", "(?=(a+))\\1b", "(?=(\\w))\\1\\1", "(?!(a)b)\\w\\1", "foo(?=bar)|bar",
        "\\bfoo\\b", "\\Bo", "^foo|foo$", "\\G\\w", "\\Gfoo|\\s", "\\Ga|b", "(?<x>a)\\k<x>", "(?<x>.)(?<y>.)\\k<y>\\k<x>",
        "(?x) a b # c\n x", "(?x)a b", "(?x)[a b]", "(?x)a\\ b", "(?x)a{ 2}", "(?x)a{2 }", "(?x)a + ?",
        "(?x)( ?:a)", "(?x)(? :a)", "(?x)\\Qa b\\E", "(?x)#", "(?x)a#b", "(?x)a#\n|b", "(?x)[a#b]", "(?x)[a#b\n]",
        "(?x)\\x 41", "(?x)\\x{4 1}", "(?x)\\p{L u}", "(?x)\\ p{L}", "(?x)[a - b]", "(?x)[ ^a]", "(?x:a b)a b",
        "(?x)a (?-x) b", "(?x)a|\tb", "(?xd)a#\r|b", "(?x)( a ) \\1", "(?x)(a)\\1 0", "a|ab", "ab|a", "(a|ab)(c|bb)", "(?:a|b){3}",
        "(?i)foo|B", "f(?i:O)o", "f(?i)O(?-i)o", "((?i)F)oO|foo", "(?i)a|b(?-i)c|X", "(?s-m).", "(?idmsuxU)a", "(?U)\\w+",
        "[a-z]+@[a-z]+", "\\d{2}", "\\w+\\s\\w+", "(\\w)(\\d)\\2?", "(?:a(?=b)|b(?=a))+", "(?<=o)(?=b)", "(?:)*a", "(?:|a)+", "(a|)+", "(a|b|)*?$",
        "(?:^a|b)+", "(^)*a", "(?=a)*b", "(?=a)+a", "(?!a)?a", "(?:\\b)+a", "\\b*a", "()\\1a", "(?:()|a)\\1b", "a{65536}", "((((a))))\\4"},
        new int[] {0, I, X, M}, texts);
  }

  private static final String[] ATOMS = {"a", "b", "c", "A", ".", "\\w", "\\d", "\\s", "[ab]", "[^a]",
      "[a-c&&[^b]]", "\\b", "\\B", "^", "$", "\\R", "\\Z", "é", "\\1", "\\n", "1", "\\p{L}", "\\W", "[\\w&&[^1]]",
      "\\G", "(?i)", "\\h", "\\2", "ab", "\\Qa.\\E", "[^\\n]", "\\A", "\\z"};
  private static final String[] COUNTS = {"", "", "", "", "", "*", "+", "?", "*?", "+?", "??", "*+", "++",
      "?+", "{2}", "{1,2}", "{0,2}?", "{2,}", "{2}+", "{1,2}+"};
  private static final String[] OPENERS = {"(", "(", "(?:", "(?:", "(?>", "(?=", "(?!", "(?<=", "(?<!", "(?i:", "(?s:", "(?m:"};

  private static String randomPattern(Random random, int depth) {
    StringBuilder out = new StringBuilder();
    int parts = 1 + random.nextInt(4);
    for (int i = 0; i < parts; i++) {
      if (depth > 0 && random.nextInt(3) == 0) {
        String opener = OPENERS[random.nextInt(OPENERS.length)];
        boolean behind = opener.startsWith("(?<");
        String inner = behind ? randomPattern(random, 0).replaceAll("[*+]", "").replaceAll("\\{2,\\}", "")
                .replaceAll("\\\\[G12]", "b")
            : randomPattern(random, depth - 1);
        out.append(opener).append(inner).append(')');
        out.append(behind ? "" : COUNTS[random.nextInt(COUNTS.length)]);
      } else {
        out.append(ATOMS[random.nextInt(ATOMS.length)]);
        out.append(COUNTS[random.nextInt(COUNTS.length)]);
      }
      if (random.nextInt(6) == 0) {
        out.append('|');
      }
    }
    return out.toString();
  }

  private static String randomText(Random random) {
    String[] pieces = {"a", "a", "b", "b", "c", "A", "1", " ", "\n", "\r\n", "\r", "é", "É", ".", "_", "\u2028", "😀"};
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(14); i > 0; i--) {
      out.append(pieces[random.nextInt(pieces.length)]);
    }
    return out.toString();
  }

  private static void random(int count, long seed) {
    Random random = new Random(seed);
    String[] pool = new String[120];
    for (int i = 0; i < pool.length; i++) {
      pool[i] = randomText(random);
    }
    List<Integer> indices = textsOf(pool);
    int[] flags = {0, 0, I, M, S, D, M | D, I | U, UC, I | M | S};
    for (int i = 0; i < count; i++) {
      List<Integer> texts = new ArrayList<>();
      for (int j = 0; j < 5; j++) {
        int text = indices.get(random.nextInt(indices.size()));
        if (!texts.contains(text)) {
          texts.add(text);
        }
      }
      add(randomPattern(random, 2), flags[random.nextInt(flags.length)], texts);
    }
  }

  /** Constructs that PCRE2 does not have, or has with another meaning. */
  private static final String[] ODD_ATOMS = {"a", "b", "ab", "A", "k", "é", ".", "\\w", "\\W", "[ab]", "[^a]", "\\b", "^",
      "$", "\\R", "\\X", "\\b{g}", "\\B", "\\1", "\\1", "\\1", "\\2", "\\2", "\\3", "\\k<n>", "\\G", "\\Z", "\\z", "()",
      "(a|b)", "(a|ab)", "(\\w)", "(a)?", "(a|)", "(.)", "([ab]){2}", "(?=(a|b))", "(?!(a))", "(?>(a|ab))", "(?<=(a))",
      "(?<=(a|ab))", "(?<=a+)", "(?<!b*)", "(?<=a+b+)", "(?<=\\w{2,}?)", "(?<=(a)|b)", "(?<=.\\R)", "(?<=\\X)", "(?i)", "(?iu)", "(?-i)",
      "(?x) ", "(?<!(?:a|ab)c?)", "(?<=\\Ga?)", "(?<=a{1,2}+)", "(?:a|b|)", "(?:\\R|a)", "(\\R)", "(?:\\R){2}", "(?:ab|a)",
      "\\N{LATIN SMALL LETTER A}", "\\N{hangul syllables ac00}", "\\N{NO SUCH}", "\\p{javaMirrored}", "\\uD83D", "[\\uDE00a]",
      "\\p{IsAlphabetic}", "\\P{Lu}", "\\p{L}", "µ", "ß", "aß", "İ", "ı", "ſ", "\\u212a", "ǅ", "[à-ÿ]", "[^é]", "😀", "a{65537}"};
  private static final String[] CLASS_PARTS = {"a", "b", "k", "é", "a-c", "b-z", "\\w", "\\d", "^", "&", "&&", "&&", "&&", "[b]", "[^a]", "[a-c]",
      "\\p{L}", "\\p{Lu}", "-", " ", "ÿ", "µ", "i", "S", "#", "Ā", "\\x41", "[a&&b]", "\\Qa-c\\E", "\n"};

  private static String oddClass(Random random) {
    StringBuilder out = new StringBuilder(random.nextInt(4) == 0 ? "[^" : "[");
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      out.append(CLASS_PARTS[random.nextInt(CLASS_PARTS.length)]);
    }
    return out.append(']').toString();
  }

  private static String oddPattern(Random random, int depth) {
    StringBuilder out = new StringBuilder();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      String atom = ODD_ATOMS[random.nextInt(ODD_ATOMS.length)];
      int kind = random.nextInt(12);
      if (kind == 0) {
        atom = oddClass(random);
      } else if (kind <= 4 && depth > 0) {
        String opener = kind == 4 && random.nextInt(4) == 0 ? "(?<n>" : OPENERS[random.nextInt(OPENERS.length)];
        atom = opener + oddPattern(random, depth - 1) + ")";
      }
      out.append(atom).append(COUNTS[random.nextInt(COUNTS.length)]);
      if (random.nextInt(6) == 0) {
        out.append('|');
      }
    }
    return out.toString();
  }

  private static String oddText(Random random) {
    String[] pieces = {"a", "a", "a", "b", "b", "ab", "A", "k", "K", "\u212a", "s", "ſ", "é", "É", "µ", "μ", "ß", "ẞ", "i", "İ", "ı", "ǆ",
        "ǅ", "\r\n", "\r", "\n", " ", "1", "&", "-", "_", "\u0301", "e\u0301", "가", "\u1100\u1161", "🇩🇪", "👨\u200d👩", "(", "ÿ", "Ā", "\u0903"};
    StringBuilder out = new StringBuilder();
    boolean plain = random.nextInt(3) != 0;
    for (int i = random.nextInt(12); i > 0; i--) {
      out.append(pieces[random.nextInt(plain ? 10 : pieces.length)]);
    }
    return out.toString();
  }

  private static void odd(int count, long seed) {
    Random random = new Random(seed);
    String[] pool = new String[200];
    for (int i = 0; i < pool.length; i++) {
      pool[i] = oddText(random);
    }
    List<Integer> indices = textsOf(pool);
    int[] flags = {0, 0, 0, I, I, M, S, D, M | D, I | U, I | U, UC, I | UC, I | M | S, X, X | I, L, L | I | U};
    for (int i = 0; i < count; i++) {
      List<Integer> texts = new ArrayList<>();
      for (int j = 0; j < 6; j++) {
        int text = indices.get(random.nextInt(indices.size()));
        if (!texts.contains(text)) {
          texts.add(text);
        }
      }
      add(oddPattern(random, 2), flags[random.nextInt(flags.length)], texts);
    }
  }

  public static void main(String[] args) {
    lines();
    escapes();
    classes();
    structure();
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 20240517;
    random(args.length > 0 ? Integer.parseInt(args[0]) : 1880, seed);
    odd(args.length > 0 ? Integer.parseInt(args[0]) : 1500, seed);
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String text : TEXTS) {
      out.print("T\t" + escape(text) + "\n");
    }
    for (String line : LINES) {
      out.print(line + "\n");
    }
    out.flush();
  }
}
