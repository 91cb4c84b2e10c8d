#include <algorithm>
#include <array>
#include <utility>

#include "config/option_table.hpp"
#include "healthlake/config/config.hpp"

namespace healthlake::config {
namespace {

enum class Source { kDefault, kAwsVariable, kVariable, kFlag };

struct Setting {
  Source source = Source::kDefault;
  std::string text;
};

struct CommandName {
  std::string_view name;
  Command command;
};

constexpr std::array kCommands{CommandName{"serve", Command::kServe},
                               CommandName{"health", Command::kHealth},
                               CommandName{"version", Command::kVersion},
                               CommandName{"help", Command::kHelp},
                               CommandName{"options", Command::kOptionTable},
                               CommandName{"--version", Command::kVersion},
                               CommandName{"--help", Command::kHelp},
                               CommandName{"-h", Command::kHelp}};

std::string Names(const Option& option) {
  return std::string(option.flag) + " (" + std::string(option.variable) + ")";
}

// Bytes of the caller's as they may stand in a one-line message.
std::string Printable(std::string_view text) {
  std::string shown(text.substr(0, 200));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c >= 0 && (c < ' ' || c == '\x7F'); }, '?');
  return shown;
}

std::size_t IndexOf(std::string_view flag) {
  const auto options = Options();
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const Option& option) { return option.flag == flag; });
  return static_cast<std::size_t>(found - options.begin());
}

class Reader {
 public:
  explicit Reader(const Environment& environment) : settings_(Options().size()) {
    for (std::size_t i = 0; i < settings_.size(); ++i) {
      const Option& option = Options()[i];
      if (!Take(i, Source::kVariable, environment, option.variable)) {
        Take(i, Source::kAwsVariable, environment, option.aws_variable);
      }
    }
  }

  // False: see message().
  bool ReadArguments(std::span<const std::string_view> arguments) {
    for (std::size_t at = 0; at < arguments.size(); ++at) {
      const std::string_view argument = arguments[at];
      const bool is_option = argument.starts_with("--");
      const std::size_t equals = is_option ? argument.find('=') : std::string_view::npos;
      const std::size_t index = IndexOf(argument.substr(0, equals));
      if (index == settings_.size()) {
        if (!ReadCommand(argument)) return false;
      } else if (equals != std::string_view::npos) {
        settings_[index] = {Source::kFlag, std::string(argument.substr(equals + 1))};
      } else if (at + 1 < arguments.size()) {
        settings_[index] = {Source::kFlag, std::string(arguments[++at])};
      } else {
        return Fail(Names(Options()[index]) + ": a value must follow, " +
                    Options()[index].rule.allowed());
      }
    }
    return true;
  }

  bool Apply() {
    if (!ChooseS3()) return false;
    for (std::size_t i = 0; i < settings_.size(); ++i) {
      const Option& option = Options()[i];
      const Setting& setting = settings_[i];
      if (setting.source == Source::kDefault) continue;
      if (!option.rule.set(setting.text, invocation_.config)) {
        return Fail(Names(option) + " must be " + option.rule.allowed() + ", not \"" +
                    Printable(setting.text) + "\"");
      }
    }
    return true;
  }

  Invocation& invocation() { return invocation_; }
  const std::string& message() const { return message_; }

 private:
  bool Fail(std::string message) {
    message_ = std::move(message);
    return false;
  }

  bool Take(std::size_t index, Source source, const Environment& environment,
            std::string_view name) {
    if (name.empty()) return false;
    auto value = environment(std::string(name));
    if (!value || value->empty()) return false;
    settings_[index] = {source, std::move(*value)};
    return true;
  }

  bool ReadCommand(std::string_view argument) {
    const auto found = std::find_if(kCommands.begin(), kCommands.end(),
                                    [&](const CommandName& name) { return name.name == argument; });
    if (found == kCommands.end()) {
      return Fail(std::string(argument.starts_with("-") ? "unknown option" : "unknown command") +
                  " \"" + Printable(argument) + "\"; --help lists what there is");
    }
    // Help wins over any other command.
    if (has_command_ && invocation_.command == Command::kHelp) return true;
    if (has_command_ && found->command != Command::kHelp) {
      return Fail("more than one command; \"" + Printable(argument) + "\" is one too many");
    }
    has_command_ = true;
    invocation_.command = found->command;
    return true;
  }

  // Of a folder and a service the one set in the stronger place counts.
  bool ChooseS3() {
    const std::size_t root_index = IndexOf("--s3-root");
    const std::size_t endpoint_index = IndexOf("--s3-endpoint");
    Setting& root = settings_[root_index];
    Setting& endpoint = settings_[endpoint_index];
    if (endpoint.source == Source::kDefault) return true;
    if (endpoint.source == root.source) {
      return Fail(Names(Options()[root_index]) + " and " + Names(Options()[endpoint_index]) +
                  " exclude each other: give one of them");
    }
    if (endpoint.source > root.source && endpoint.source != Source::kAwsVariable) {
      return Fail(Names(Options()[endpoint_index]) +
                  " is not supported yet: use --s3-root (HEALTHLAKE_S3_ROOT) with a folder");
    }
    // Often set for other programs, so no reason to refuse the start.
    if (endpoint.source == Source::kAwsVariable && root.source == Source::kDefault) {
      invocation_.warnings.emplace_back(
          "AWS_ENDPOINT_URL_S3 is ignored: jobs use the folder of --s3-root as yet");
    }
    endpoint = {};
    return true;
  }

  std::vector<Setting> settings_;
  Invocation invocation_;
  std::string message_;
  bool has_command_ = false;
};

}  // namespace

std::filesystem::path S3Root(const Config& config) {
  if (!config.s3_root.empty()) return config.s3_root;
  if (!config.data_dir.empty()) return config.data_dir / "s3";
  return "healthlake-s3";
}

std::variant<Invocation, UsageError> Parse(std::span<const std::string_view> arguments,
                                           const Environment& environment) {
  Reader reader(environment);
  if (!reader.ReadArguments(arguments)) return UsageError{reader.message()};
  const Command command = reader.invocation().command;
  const bool needs_settings = command == Command::kServe || command == Command::kHealth;
  if (needs_settings && !reader.Apply()) return UsageError{reader.message()};
  return std::move(reader.invocation());
}

}  // namespace healthlake::config
