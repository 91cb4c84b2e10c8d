// The options of the process: parsing, --help and the README all read this table.
#pragma once

#include <span>
#include <string_view>

#include "config/rule.hpp"

namespace healthlake::config {

enum class Shown { kYes, kNo };

struct Option {
  std::string_view flag;
  std::string_view variable;
  std::string_view aws_variable;   // used when neither flag nor variable is given
  std::string_view value_name;     // in --help
  std::string_view default_words;  // what an empty default means; else the default itself is shown
  std::string_view help;
  Rule rule;
  Shown shown = Shown::kYes;
};

std::span<const Option> Options();

}  // namespace healthlake::config
