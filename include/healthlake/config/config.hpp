// What the process is told at start: options, each of them a flag and a variable.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "healthlake/core/log.hpp"

namespace healthlake::config {

enum class Compat {
  kHealthLake,  // refuses what HealthLake refuses
  kR4,          // all of FHIR R4
};
enum class Durability {
  kNormal,  // survives the death of the process
  kFull,    // survives a power cut too
};

// What becomes of a resource that claims a profile which nobody knows.
enum class UnknownProfiles {
  kByCompat,  // refused under healthlake, allowed under r4
  kRefuse,
  kAllow,
};

// Values are in range once Parse gave them. The defaults here are the documented ones.
struct Config {
  std::string host = "127.0.0.1";
  std::uint16_t port = 3447;       // 0: any free one
  std::filesystem::path data_dir;  // empty: a temporary folder, removed at exit
  std::filesystem::path s3_root;   // empty: see S3Root
  std::string s3_endpoint;         // "aws" or a URL; always empty as long as S3 is not supported
  std::string public_url;  // without a slash at its end; empty: from the request's Host header
  Compat compat = Compat::kHealthLake;
  std::filesystem::path profiles;  // a folder of packages (*.tgz); empty: the base alone
  UnknownProfiles unknown_profiles = UnknownProfiles::kByCompat;
  std::size_t page_size = 100;              // of a search without _count
  std::chrono::seconds search_timeout{30};  // 0: a search may take any time
  std::size_t body_limit = 5UL << 20;       // bytes of a request body, of an import line
  std::size_t max_binary = 164UL << 20;     // bytes of an import line that is a Binary
  std::chrono::seconds describe_wait{20};   // 0: Describe of a job never waits
  Durability durability = Durability::kNormal;
  std::size_t request_threads = 0;  // 0: max(4, 2 per core)
  std::size_t job_threads = 2;      // jobs of a kind at a time
  core::LogLevel log_level = core::LogLevel::kInfo;
  core::LogFormat log_format = core::LogFormat::kText;
};

// The folder in which s3://bucket/key is bucket/key: s3_root, else s3 in data_dir, else
// ./healthlake-s3.
std::filesystem::path S3Root(const Config& config);

enum class Command { kServe, kHealth, kVersion, kHelp, kOptionTable };

struct Invocation {
  Command command = Command::kServe;
  Config config;
  std::vector<std::string> warnings;  // for the log: settings that have no effect
};

// One line that names option and variable and says what is allowed. The exit code for it is 2.
struct UsageError {
  std::string message;
};

// The environment, injected: the value of a variable, nullopt when it is not set. An empty value
// counts as not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// `arguments` without the program's name. A flag beats a variable, HEALTHLAKE_* beats AWS_*.
std::variant<Invocation, UsageError> Parse(std::span<const std::string_view> arguments,
                                           const Environment& environment);

// For --help, and for the README between its markers <!-- options --> and <!-- /options -->.
std::string HelpText();
std::string OptionTableMarkdown();

}  // namespace healthlake::config
