// The names that may stand in a Narrative, sorted (narrative.html, txt-1; for entities: XHTML 1.0,
// A.2).
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace healthlake::fhir {

inline constexpr auto kXhtmlElements = std::to_array<std::string_view>({
    "a",  "abbr",    "acronym", "address", "area",   "b",        "bdo", "big",   "blockquote",
    "br", "caption", "cite",    "code",    "col",    "colgroup", "dd",  "dfn",   "div",
    "dl", "dt",      "em",      "h1",      "h2",     "h3",       "h4",  "h5",    "h6",
    "hr", "i",       "img",     "kbd",     "li",     "map",      "ol",  "p",     "pre",
    "q",  "samp",    "small",   "span",    "strong", "sub",      "sup", "table", "tbody",
    "td", "tfoot",   "th",      "thead",   "tr",     "tt",       "ul",  "var",
});

// xmlns is allowed too, with XHTML's namespace as its value.
inline constexpr auto kXhtmlAttributes = std::to_array<std::string_view>({
    "abbr",       "accesskey",   "align",       "alt",        "axis",     "bgcolor",   "border",
    "cellhalign", "cellpadding", "cellspacing", "cellvalign", "char",     "charoff",   "charset",
    "cite",       "class",       "colspan",     "compact",    "coords",   "dir",       "frame",
    "headers",    "height",      "href",        "hreflang",   "hspace",   "id",        "ismap",
    "lang",       "longdesc",    "name",        "nohref",     "nowrap",   "rel",       "rev",
    "rowspan",    "rules",       "scope",       "shape",      "space",    "span",      "src",
    "start",      "style",       "summary",     "tabindex",   "title",    "type",      "usemap",
    "valign",     "value",       "vspace",      "width",      "xml:lang", "xml:space",
});

inline constexpr auto kXhtmlEntities = std::to_array<std::string_view>({
    "AElig",   "Aacute",  "Acirc",  "Agrave", "Alpha",   "Aring",    "Atilde", "Auml",   "Beta",
    "Ccedil",  "Chi",     "Dagger", "Delta",  "ETH",     "Eacute",   "Ecirc",  "Egrave", "Epsilon",
    "Eta",     "Euml",    "Gamma",  "Iacute", "Icirc",   "Igrave",   "Iota",   "Iuml",   "Kappa",
    "Lambda",  "Mu",      "Ntilde", "Nu",     "OElig",   "Oacute",   "Ocirc",  "Ograve", "Omega",
    "Omicron", "Oslash",  "Otilde", "Ouml",   "Phi",     "Pi",       "Prime",  "Psi",    "Rho",
    "Scaron",  "Sigma",   "THORN",  "Tau",    "Theta",   "Uacute",   "Ucirc",  "Ugrave", "Upsilon",
    "Uuml",    "Xi",      "Yacute", "Yuml",   "Zeta",    "aacute",   "acirc",  "acute",  "aelig",
    "agrave",  "alefsym", "alpha",  "amp",    "and",     "ang",      "apos",   "aring",  "asymp",
    "atilde",  "auml",    "bdquo",  "beta",   "brvbar",  "bull",     "cap",    "ccedil", "cedil",
    "cent",    "chi",     "circ",   "clubs",  "cong",    "copy",     "crarr",  "cup",    "curren",
    "dArr",    "dagger",  "darr",   "deg",    "delta",   "diams",    "divide", "eacute", "ecirc",
    "egrave",  "empty",   "emsp",   "ensp",   "epsilon", "equiv",    "eta",    "eth",    "euml",
    "euro",    "exist",   "fnof",   "forall", "frac12",  "frac14",   "frac34", "frasl",  "gamma",
    "ge",      "gt",      "hArr",   "harr",   "hearts",  "hellip",   "iacute", "icirc",  "iexcl",
    "igrave",  "image",   "infin",  "int",    "iota",    "iquest",   "isin",   "iuml",   "kappa",
    "lArr",    "lambda",  "lang",   "laquo",  "larr",    "lceil",    "ldquo",  "le",     "lfloor",
    "lowast",  "loz",     "lrm",    "lsaquo", "lsquo",   "lt",       "macr",   "mdash",  "micro",
    "middot",  "minus",   "mu",     "nabla",  "nbsp",    "ndash",    "ne",     "ni",     "not",
    "notin",   "nsub",    "ntilde", "nu",     "oacute",  "ocirc",    "oelig",  "ograve", "oline",
    "omega",   "omicron", "oplus",  "or",     "ordf",    "ordm",     "oslash", "otilde", "otimes",
    "ouml",    "para",    "part",   "permil", "perp",    "phi",      "pi",     "piv",    "plusmn",
    "pound",   "prime",   "prod",   "prop",   "psi",     "quot",     "rArr",   "radic",  "rang",
    "raquo",   "rarr",    "rceil",  "rdquo",  "real",    "reg",      "rfloor", "rho",    "rlm",
    "rsaquo",  "rsquo",   "sbquo",  "scaron", "sdot",    "sect",     "shy",    "sigma",  "sigmaf",
    "sim",     "spades",  "sub",    "sube",   "sum",     "sup",      "sup1",   "sup2",   "sup3",
    "supe",    "szlig",   "tau",    "there4", "theta",   "thetasym", "thinsp", "thorn",  "tilde",
    "times",   "trade",   "uArr",   "uacute", "uarr",    "ucirc",    "ugrave", "uml",    "upsih",
    "upsilon", "uuml",    "weierp", "xi",     "yacute",  "yen",      "yuml",   "zeta",   "zwj",
    "zwnj",
});

static_assert(std::ranges::is_sorted(kXhtmlElements));
static_assert(std::ranges::is_sorted(kXhtmlAttributes));
static_assert(std::ranges::is_sorted(kXhtmlEntities));

}  // namespace healthlake::fhir
