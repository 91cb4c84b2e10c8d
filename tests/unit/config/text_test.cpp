#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "config/option_table.hpp"
#include "healthlake/config/config.hpp"

namespace healthlake::config {
namespace {

TEST(OptionTable, NamesEachFlagAndVariableOnceAndAlike) {
  std::set<std::string> flags;
  for (const Option& option : Options()) {
    EXPECT_TRUE(flags.insert(std::string(option.flag)).second);
    std::string variable = "HEALTHLAKE_";
    for (const char c : option.flag.substr(2)) {
      variable += c == '-' ? '_' : static_cast<char>(std::toupper(c));
    }
    EXPECT_EQ(option.variable, variable);
  }
}

TEST(OptionTable, TakesItsOwnDefaults) {
  for (const Option& option : Options()) {
    const std::string value = option.rule.show(Config{});
    if (value.empty()) {
      EXPECT_FALSE(option.default_words.empty()) << option.flag;
      continue;
    }
    Config config;
    EXPECT_TRUE(option.rule.set(value, config)) << option.flag;
    EXPECT_EQ(option.rule.show(config), value);
  }
}

TEST(Text, ShowsEveryOptionInHelpAndReadmeTable) {
  const std::string help = HelpText();
  const std::string table = OptionTableMarkdown();
  for (const Option& option : Options()) {
    const bool shown = option.shown == Shown::kYes;
    EXPECT_EQ(help.find(std::string(option.flag) + " ") != std::string::npos, shown);
    EXPECT_EQ(table.find("`" + std::string(option.variable) + "`") != std::string::npos, shown);
  }
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 110U) << line;
}

TEST(Text, EqualsTheTableInTheReadme) {
  std::ifstream file(std::string(HEALTHLAKE_SOURCE_DIR) + "/README.md");
  if (!file) GTEST_SKIP() << "no README.md";
  std::ostringstream readme;
  readme << file.rdbuf();
  const std::string text = readme.str();
  const std::string start = "<!-- options -->\n";
  const std::size_t from = text.find(start);
  const std::size_t to = text.find("<!-- /options -->");
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  EXPECT_EQ(text.substr(from + start.size(), to - from - start.size()), OptionTableMarkdown())
      << "regenerate with: healthlake-local options";
}

}  // namespace
}  // namespace healthlake::config
