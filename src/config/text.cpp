#include <algorithm>

#include "config/option_table.hpp"
#include "healthlake/config/config.hpp"

namespace healthlake::config {
namespace {

constexpr std::size_t kHelpColumn = 29;

std::string Default(const Option& option) {
  const std::string value = option.rule.show(Config{});
  return value.empty() ? std::string(option.default_words) : value;
}

void AppendOption(std::string& out, std::string_view left, std::string_view help) {
  const std::size_t start = out.size();
  out += "  ";
  out += left;
  if (out.size() - start + 2 > kHelpColumn) {
    out += '\n';
    out.append(kHelpColumn, ' ');
  } else {
    out.append(kHelpColumn - (out.size() - start), ' ');
  }
  out += help;
  out += '\n';
}

}  // namespace

std::string HelpText() {
  std::string out =
      "healthlake-local: Amazon HealthLake on this machine\n\n"
      "Usage: healthlake-local [serve | health | version | options] [options]\n\n"
      "Commands:\n";
  AppendOption(out, "serve", "Start the server (the default).");
  AppendOption(out, "health", "Ask a running server; exit 0 when it is well, else 1.");
  AppendOption(out, "version", "Print the version.");
  AppendOption(out, "options", "Print the options as a table in Markdown.");
  out += "\nOptions (a flag beats its variable):\n";
  for (const Option& option : Options()) {
    if (option.shown == Shown::kNo) continue;
    AppendOption(out, std::string(option.flag) + " " + std::string(option.value_name), option.help);
    AppendOption(out, "", "Default: " + Default(option) + ". " + std::string(option.variable));
  }
  AppendOption(out, "--help", "Print this.");
  return out;
}

std::string OptionTableMarkdown() {
  std::string out = "| Option | Variable | Default | Meaning |\n|---|---|---|---|\n";
  for (const Option& option : Options()) {
    if (option.shown == Shown::kNo) continue;
    const std::string value = option.rule.show(Config{});
    out += "| `" + std::string(option.flag) + " " + std::string(option.value_name) + "` | `" +
           std::string(option.variable) + "` | " +
           (value.empty() ? std::string(option.default_words) : "`" + value + "`") + " | " +
           std::string(option.help) + " |\n";
  }
  return out;
}

}  // namespace healthlake::config
