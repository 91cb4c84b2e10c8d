// _text and _content: words in the narrative, or in all text, of a resource (search.html of R4,
// 3.1.1.4.9).
#pragma once

#include <string>
#include <vector>

#include "healthlake/fhir/search_query.hpp"
#include "healthlake/json/document.hpp"

namespace healthlake::fhir {

// A word is a run of letters and digits, whatever case and accents they have. A text asked for is
// found where its words follow one another, the last one perhaps as the beginning of a longer word:
// "heart att" is in "Heart attacks". A text without a word is nowhere. Immutable; shared by
// threads.
class TextMatcher {
 public:
  explicit TextMatcher(const TextCriterion& criterion);

  // kNarrative looks at text.div as a reader sees it; kContent at every string of the resource, and
  // a text is found within one of them. Time is linear in the resource for each text asked for.
  bool Matches(const json::Value& resource) const;

 private:
  // Each word with a space in front.
  struct Words {
    std::vector<std::string> all_of;
    std::vector<std::string> none_of;
  };

  TextCriterion::Where where_;
  std::vector<Words> any_of_;
};

}  // namespace healthlake::fhir
