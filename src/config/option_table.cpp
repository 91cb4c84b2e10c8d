#include "config/option_table.hpp"

#include <algorithm>
#include <array>

namespace healthlake::config {
namespace {

using core::LogFormat;
using core::LogLevel;

constexpr std::array kCompats{Named<Compat>{"healthlake", Compat::kHealthLake},
                              Named<Compat>{"r4", Compat::kR4}};
constexpr std::array kUnknownProfiles{Named<UnknownProfiles>{"refuse", UnknownProfiles::kRefuse},
                                      Named<UnknownProfiles>{"allow", UnknownProfiles::kAllow}};
constexpr std::array kDurabilities{Named<Durability>{"normal", Durability::kNormal},
                                   Named<Durability>{"full", Durability::kFull}};
constexpr std::array kLogLevels{
    Named<LogLevel>{"debug", LogLevel::kDebug}, Named<LogLevel>{"info", LogLevel::kInfo},
    Named<LogLevel>{"warning", LogLevel::kWarning}, Named<LogLevel>{"error", LogLevel::kError},
    Named<LogLevel>{"off", LogLevel::kOff}};
constexpr std::array kLogFormats{Named<LogFormat>{"text", LogFormat::kText},
                                 Named<LogFormat>{"json", LogFormat::kJson}};

bool IsGraphic(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

bool HasHost(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    return !url.empty() && url.front() != '/' && url.front() != ':' && IsGraphic(url) &&
           url.find_first_of("?#@\"<>\\") == std::string_view::npos;
  }
  return false;
}

constexpr Rule kHost{[](std::string_view text, Config& config) {
                       config.host = text;
                       return !text.empty() && IsGraphic(text) &&
                              text.find('/') == std::string_view::npos;
                     },
                     [](const Config& config) { return config.host; },
                     [] { return std::string("a host name or IP address"); }};

constexpr Rule kPublicUrl{
    [](std::string_view text, Config& config) {
      while (text.ends_with('/')) text.remove_suffix(1);
      config.public_url = text;
      return HasHost(text);
    },
    [](const Config& config) { return config.public_url; },
    [] {
      return std::string("http://HOST[:PORT] or https://HOST[:PORT], with a path if need be");
    }};

constexpr Rule kS3Endpoint{[](std::string_view text, Config& config) {
                             config.s3_endpoint = text;
                             return text == "aws" || HasHost(text);
                           },
                           [](const Config& config) { return config.s3_endpoint; },
                           [] { return std::string("a URL or aws"); }};

template <auto kMember>
constexpr Rule Folder() {
  return {[](std::string_view text, Config& config) {
            config.*kMember = std::filesystem::path(text);
            return !text.empty() && text.find('\0') == std::string_view::npos;
          },
          [](const Config& config) { return (config.*kMember).string(); },
          [] { return std::string("the path of a folder"); }};
}

constexpr std::uint64_t kMostBytes = 1ULL << 30;

constexpr std::array kOptions{
    Option{"--host", "HEALTHLAKE_HOST", "", "ADDRESS", "", "Address to listen on.", kHost},
    Option{"--port", "HEALTHLAKE_PORT", "", "NUMBER", "", "Port to listen on; 0 takes a free one.",
           Number<&Config::port, 0, 65535>()},
    Option{"--data-dir", "HEALTHLAKE_DATA_DIR", "", "FOLDER", "a temporary folder, removed at exit",
           "Where data stores and jobs are kept.", Folder<&Config::data_dir>()},
    Option{"--s3-root", "HEALTHLAKE_S3_ROOT", "", "FOLDER",
           "s3 in the data directory, else ./healthlake-s3",
           "Folder that stands for S3: s3://bucket/key is FOLDER/bucket/key.",
           Folder<&Config::s3_root>()},
    Option{"--s3-endpoint", "HEALTHLAKE_S3_ENDPOINT", "AWS_ENDPOINT_URL_S3", "URL", "none",
           "S3 service that jobs use instead of a folder, or aws.", kS3Endpoint, Shown::kNo},
    Option{"--public-url", "HEALTHLAKE_PUBLIC_URL", "", "URL", "from the request's Host header",
           "Scheme and host of the endpoints in answers.", kPublicUrl},
    Option{"--compat", "HEALTHLAKE_COMPAT", "", "MODE", "",
           "healthlake refuses what HealthLake refuses; r4 allows all of FHIR R4.",
           Choice<&Config::compat, kCompats>()},
    Option{"--profiles", "HEALTHLAKE_PROFILES", "", "FOLDER", "none, the base specification alone",
           "Implementation guides to validate by: the packages (*.tgz) in a folder.",
           Folder<&Config::profiles>()},
    Option{"--unknown-profiles", "HEALTHLAKE_UNKNOWN_PROFILES", "", "MODE",
           "refuse, with --compat r4 allow",
           "A resource that claims a profile nobody knows: refuse or allow.",
           Choice<&Config::unknown_profiles, kUnknownProfiles>()},
    Option{"--page-size", "HEALTHLAKE_PAGE_SIZE", "", "NUMBER", "",
           "Entries on a page of a search without _count.", Number<&Config::page_size, 1, 1000>()},
    Option{"--search-timeout", "HEALTHLAKE_SEARCH_TIMEOUT", "", "SECONDS", "",
           "How long a search may take before it is answered with 503; 0: any time.",
           Seconds<&Config::search_timeout, 86400>()},
    Option{"--body-limit", "HEALTHLAKE_BODY_LIMIT", "", "SIZE", "",
           "Largest request body, and largest line of an import.",
           Bytes<&Config::body_limit, kMostBytes>()},
    Option{"--max-binary", "HEALTHLAKE_MAX_BINARY", "", "SIZE", "",
           "Largest line of an import that is a Binary.", Bytes<&Config::max_binary, kMostBytes>()},
    Option{"--describe-wait", "HEALTHLAKE_DESCRIBE_WAIT", "", "SECONDS", "",
           "How long describing a job waits for an end that is near; 0: never.",
           Seconds<&Config::describe_wait, 50>()},
    Option{"--durability", "HEALTHLAKE_DURABILITY", "", "MODE", "",
           "normal survives the death of the process, full a power cut too (slower).",
           Choice<&Config::durability, kDurabilities>()},
    Option{"--request-threads", "HEALTHLAKE_REQUEST_THREADS", "", "NUMBER", "",
           "Threads for requests; 0: two for each core, at least four.",
           Number<&Config::request_threads, 0, 256>()},
    Option{"--job-threads", "HEALTHLAKE_JOB_THREADS", "", "NUMBER", "",
           "Imports, and exports, that run at a time.", Number<&Config::job_threads, 1, 64>()},
    Option{"--log-level", "HEALTHLAKE_LOG_LEVEL", "", "LEVEL", "",
           "Least level that is logged: debug, info, warning, error or off.",
           Choice<&Config::log_level, kLogLevels>()},
    Option{"--log-format", "HEALTHLAKE_LOG_FORMAT", "", "FORMAT", "",
           "Form of the log on stderr: text or json.", Choice<&Config::log_format, kLogFormats>()},
};

}  // namespace

std::span<const Option> Options() {
  return kOptions;
}

}  // namespace healthlake::config
