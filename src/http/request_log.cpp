#include "http/request_log.hpp"

#include <cstdint>
#include <string_view>

#include "healthlake/core/log.hpp"

namespace healthlake::http {
namespace {

constexpr std::size_t kMaxLogged = 256;
constexpr std::string_view kCut = "...";

}  // namespace

std::string LoggedTarget(const Request& request) {
  std::string text(request.path);
  std::string_view rest = request.query;
  char separator = '?';
  while (!rest.empty() && text.size() <= kMaxLogged) {
    const std::size_t end = rest.find('&');
    const std::string_view parameter = rest.substr(0, end);
    const std::size_t equals = parameter.find('=');
    text.push_back(separator);
    if (equals != std::string_view::npos) text.append(parameter.substr(0, equals)).push_back('=');
    separator = '&';
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (text.size() > kMaxLogged) text.replace(kMaxLogged, std::string::npos, kCut);
  return text;
}

void LogRequest(const Request& request, int status, std::chrono::nanoseconds took) {
  if (!core::LogEnabled(core::LogLevel::kInfo)) return;
  const std::string target = LoggedTarget(request);
  std::string_view method = request.method_text;
  if (method.size() > 32) method = method.substr(0, 32);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  core::Log(core::LogLevel::kInfo, "request",
            {{"method", method},
             {"path", std::string_view(target)},
             {"status", status},
             {"us", static_cast<long>(micros)},
             {"request_id", std::string_view(request.request_id)}});
}

}  // namespace healthlake::http
