#include "healthlake/core/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <string>

namespace healthlake::core {
namespace {

std::atomic<LogLevel> threshold{LogLevel::kWarning};
std::atomic<LogFormat> line_format{LogFormat::kText};

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("healthlake",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    made->set_level(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

// Control characters are escaped in both formats, so that no caller can forge a line of the log.
void AppendEscaped(std::string& line, std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  line.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line.push_back('\\');
      line.push_back(c);
    } else if (byte < 0x20 || byte == 0x7F) {
      line.append("\\u00").push_back(kDigits[byte >> 4U]);
      line.push_back(kDigits[byte & 0xFU]);
    } else {
      line.push_back(c);
    }
  }
  line.push_back('"');
}

bool IsPlainWord(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F || c == '"' || c == '=' || c == '\\') return false;
  }
  return true;
}

void AppendValue(std::string& line, const LogField& field, LogFormat format) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    if (format == LogFormat::kText && IsPlainWord(*text)) {
      line.append(*text);
    } else {
      AppendEscaped(line, *text);
    }
  } else if (const auto* whole = std::get_if<std::int64_t>(&field.value)) {
    line.append(std::to_string(*whole));
  } else if (const auto* natural = std::get_if<std::uint64_t>(&field.value)) {
    line.append(std::to_string(*natural));
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    line.append(std::to_string(*real));
  } else {
    line.append(std::get<bool>(field.value) ? "true" : "false");
  }
}

std::string TextLine(std::string_view event, std::initializer_list<LogField> fields) {
  std::string line(event);
  for (const LogField& field : fields) {
    line.append(" ").append(field.name).append("=");
    AppendValue(line, field, LogFormat::kText);
  }
  return line;
}

std::string JsonLine(std::string_view event, std::initializer_list<LogField> fields) {
  std::string line = "\"event\":";
  AppendEscaped(line, event);
  for (const LogField& field : fields) {
    line.append(",\"").append(field.name).append("\":");
    AppendValue(line, field, LogFormat::kJson);
  }
  return line;
}

}  // namespace

void ConfigureLog(LogLevel level, LogFormat format) {
  threshold.store(level);
  line_format.store(format);
  Logger().set_pattern(format == LogFormat::kJson
                           ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                           : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                       spdlog::pattern_time_type::utc);
}

bool LogEnabled(LogLevel level) noexcept {
  return level >= threshold.load(std::memory_order_relaxed) && level != LogLevel::kOff;
}

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept {
  if (!LogEnabled(level)) return;
  try {
    const bool json = line_format.load(std::memory_order_relaxed) == LogFormat::kJson;
    const std::string line = json ? JsonLine(event, fields) : TextLine(event, fields);
    Logger().log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
  } catch (...) {
    // A log line that cannot be written must not end the work that it speaks of.
  }
}

}  // namespace healthlake::core
