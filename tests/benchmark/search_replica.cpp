#include "search_replica.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <fstream>
#include <optional>
#include <stdexcept>

namespace healthlake::benchmark {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"family", "given", "name"};
// Strings that may look like dates, but are not.
constexpr std::array<std::string_view, 6> kNeverDates = {"code",    "system", "value",
                                                         "version", "url",    "id"};
constexpr std::size_t kDateSize = 10;
constexpr std::size_t kLeastIdentifier = 8;  // shorter ones are words: not taken for an id
constexpr int kRiskAssessments = 10;

bool Contains(auto& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}
bool IsDigit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool LooksLikeDate(std::string_view text) {
  if (text.size() < kDateSize || text.size() > 35) return false;
  for (std::size_t i = 0; i < kDateSize; ++i) {
    if (i == 4 || i == 7 ? text[i] != '-' : !IsDigit(text[i])) return false;
  }
  return text.size() == kDateSize || text[kDateSize] == 'T';
}

unsigned Number(std::string_view digits) {
  unsigned number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string Padded(unsigned number, std::size_t width) {
  std::string text = std::to_string(number);
  return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
}

std::string Later(std::string_view date, unsigned days) {
  using std::chrono::year_month_day;
  const year_month_day day(std::chrono::year(static_cast<int>(Number(date.substr(0, 4)))),
                           std::chrono::month(Number(date.substr(5, 2))),
                           std::chrono::day(Number(date.substr(8, 2))));
  if (!day.ok()) return std::string(date);
  const year_month_day later(std::chrono::sys_days(day) + std::chrono::days(days));
  return Padded(static_cast<unsigned>(static_cast<int>(later.year())), 4) + "-" +
         Padded(static_cast<unsigned>(later.month()), 2) + "-" +
         Padded(static_cast<unsigned>(later.day()), 2);
}

std::string OtherDigits(std::string_view digits, std::uint32_t copy) {
  unsigned limit = 1;
  const std::size_t used = std::min<std::size_t>(digits.size(), 4);
  for (std::size_t i = 0; i < used; ++i) limit *= 10;
  const std::string_view head = digits.substr(0, digits.size() - used);
  return std::string(head) +
         Padded((Number(digits.substr(head.size())) + copy * 7919U) % limit, used);
}

// The value of a member of the outermost object; just for "id" and "resourceType".
std::string_view OuterMember(std::string_view line, std::string_view name) {
  const std::string mark = "\"" + std::string(name) + "\":\"";
  const std::size_t at = line.find(mark);
  if (at == std::string_view::npos) return {};
  const std::size_t start = at + mark.size();
  return line.substr(start, line.find('"', start) - start);
}

}  // namespace

// Goes over the tokens of one line, and says where copies differ from it.
class Replica::Scan {
 public:
  Scan(Template& line, const std::unordered_set<std::string>& ids) : line_(line), ids_(ids) {}

  void Run() {
    const std::string_view text = line_.text;
    for (std::size_t at = 0; at < text.size();) {
      const char c = text[at];
      if (c == '"') {
        at = AfterString(at);
      } else if (c == '-' || IsDigit(c)) {
        at = AfterNumber(at);
      } else {
        if (c == '{') ++depth_;
        if (c == '}') --depth_;
        ++at;
      }
    }
  }

 private:
  std::size_t AfterString(std::size_t at) {
    const std::string_view text = line_.text;
    const std::size_t start = at + 1;
    for (at = start; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\') ++at;
    }
    const std::string_view content = text.substr(start, at - start);
    const std::size_t next = text.find_first_not_of(" \t", at + 1);
    if (next != std::string_view::npos && text[next] == ':') {
      key_ = content;
    } else {
      AddString(content, start);
    }
    return at + 1;
  }

  void AddString(std::string_view content, std::size_t start) {
    const std::size_t end = start + content.size();
    if ((key_ == "id" && depth_ == 1) ||
        (key_ == "reference" && ids_.contains(std::string(content))) ||
        (key_ == "value" && content.size() >= kLeastIdentifier &&
         ids_.contains(std::string(content)))) {
      line_.edits.push_back({end, 0, EditKind::kSuffix});
    } else if (Contains(kNames, key_) || (key_ == "source" && depth_ == 2)) {
      std::size_t digits = 0;
      while (digits < content.size() && IsDigit(content[content.size() - 1 - digits])) ++digits;
      if (digits > 0) {
        line_.edits.push_back({end - digits, digits, EditKind::kDigits});
      } else {
        line_.edits.push_back({end, 0, EditKind::kSuffix});
      }
    } else if (!Contains(kNeverDates, key_) && LooksLikeDate(content)) {
      line_.edits.push_back({start, kDateSize, EditKind::kDate});
    }
  }

  std::size_t AfterNumber(std::size_t at) {
    const std::string_view text = line_.text;
    const std::size_t end = text.find_first_not_of("+-.eE0123456789", at);
    const std::string_view number = text.substr(at, end - at);
    if ((key_ == "value" || key_ == "probabilityDecimal") && number.size() > 1 &&
        number.find_first_of("eE") == std::string_view::npos) {
      line_.edits.push_back({at + number.size() - 1, 1, EditKind::kLastDigit});
    }
    return at + number.size();
  }

  Template& line_;
  const std::unordered_set<std::string>& ids_;
  std::string_view key_;
  int depth_ = 0;
};

Replica::Replica(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".ndjson") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      if (!line.empty()) lines_.push_back({std::move(line), {}});
    }
  }
  if (lines_.empty()) throw std::runtime_error("no *.ndjson below " + folder.string());
  for (std::size_t i = 0, read = lines_.size(); i < read; ++i) {
    const std::string type(OuterMember(lines_[i].text, "resourceType"));
    const std::string id(OuterMember(lines_[i].text, "id"));
    ids_.insert(id);
    ids_.insert(type + "/" + id);
    if (type == "Patient") AddRiskAssessments(id);
  }
  for (Template& line : lines_) Scan(line, ids_).Run();
}

void Replica::AddRiskAssessments(std::string_view patient) {
  for (int i = 0; i < kRiskAssessments; ++i) {
    const auto number = static_cast<unsigned>(lines_.size() * 7919);
    const std::string id = std::string(patient) + "-r" + std::to_string(i);
    const std::string year = std::to_string(2010 + i);
    lines_.push_back({R"({"resourceType":"RiskAssessment","id":")" + id +
                          R"(","meta":{"source":"urn:risk:)" + Padded(number % 10'000, 4) +
                          R"("},"status":"final","subject":{"reference":"Patient/)" +
                          std::string(patient) + R"("},"occurrenceDateTime":")" + year +
                          R"(-03-14","prediction":[{"outcome":{"text":"Heart attack"},)" +
                          R"("probabilityDecimal":0.)" + Padded(number % 997, 4) + "}]}",
                      {}});
  }
}

std::string_view Replica::Line(std::size_t at, std::uint32_t copy) {
  const Template& line = lines_[at];
  if (copy == 0) return line.text;
  out_.clear();
  std::size_t done = 0;
  for (const Edit& edit : line.edits) {
    out_.append(line.text, done, edit.at - done);
    const std::string_view old = std::string_view(line.text).substr(edit.at, edit.length);
    switch (edit.kind) {
      case EditKind::kSuffix:
        out_ += "-" + std::to_string(copy);
        break;
      case EditKind::kDate:
        out_ += Later(old, copy * 17 % 700);
        break;
      case EditKind::kDigits:
        out_ += OtherDigits(old, copy);
        break;
      case EditKind::kLastDigit:
        out_ += static_cast<char>('0' + (static_cast<unsigned>(old[0] - '0') + copy) % 10);
        break;
    }
    done = edit.at + edit.length;
  }
  return out_.append(line.text, done);
}

}  // namespace healthlake::benchmark
