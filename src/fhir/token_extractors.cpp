// The extractors of ValueCollector for tokens (search.html of R4, token).
#include "fhir/token_pair.hpp"
#include "fhir/value_collector.hpp"

namespace healthlake::fhir {

void ValueCollector::TokenText(const r4::ActionRow& action, const json::Value& value) {
  IndexValue token;
  token.text = TextOf(value);
  if (token.text.empty()) return;
  if (action.codes != 0) {
    token.system = SystemOf(CodeSetId::FromNumber(action.codes), token.text);
    token.system_implied = !token.system.empty();
  }
  Emit(action, token);
}

void ValueCollector::TokenBoolean(const r4::ActionRow& action, const json::Value& value) {
  if (value.is_boolean()) EmitText(action, ValueKind::kToken, value.raw());
}

void ValueCollector::TokenCoding(const r4::ActionRow& action, const json::Value& value) {
  if (options_->texts == TokenTexts::kOn) TextOfToken(action, value, "display");
  const TokenPair pair = ReadPair(value, "code");
  if (pair.code.empty() && pair.system.empty()) return;
  IndexValue token;
  token.system = pair.system;
  token.text = pair.code;
  Emit(action, token);
}

void ValueCollector::TokenConcept(const r4::ActionRow& action, const json::Value& value) {
  if (options_->texts == TokenTexts::kOn) TextOfToken(action, value, "text");
  const auto codings = value.Find("coding");
  if (!codings || !codings->is_array()) return;
  for (const json::Value coding : *codings) TokenCoding(action, coding);
}

void ValueCollector::TokenIdentifier(const r4::ActionRow& action, const json::Value& value) {
  const TokenPair pair = ReadPair(value, "value");
  if (options_->texts == TokenTexts::kOn) IdentifierType(action, value, pair.code);
  if (pair.code.empty() && pair.system.empty()) return;
  IndexValue token;
  token.system = pair.system;
  token.text = pair.code;
  Emit(action, token);
}

void ValueCollector::TextOfToken(const r4::ActionRow& action, const json::Value& value,
                                 std::string_view name) {
  if (const auto text = value.Find(name)) EmitText(action, ValueKind::kTokenText, TextOf(*text));
}

void ValueCollector::IdentifierType(const r4::ActionRow& action, const json::Value& identifier,
                                    std::string_view number) {
  const auto type = identifier.Find("type");
  if (!type) return;
  TextOfToken(action, *type, "text");
  const auto codings = type->Find("coding");
  if (!codings || !codings->is_array()) return;
  for (const json::Value coding : *codings) {
    TextOfToken(action, coding, "display");
    const TokenPair pair = ReadPair(coding, "code");
    if (number.empty() || (pair.code.empty() && pair.system.empty())) continue;
    IndexValue typed;
    typed.kind = ValueKind::kTypedIdentifier;
    typed.system = pair.system;
    typed.code = pair.code;
    typed.text = number;
    Emit(action, typed);
  }
}

void ValueCollector::TokenContactPoint(const r4::ActionRow& action, const json::Value& value) {
  const TokenPair pair = ReadPair(value, "value");
  if (pair.code.empty()) return;
  IndexValue token;
  token.system = pair.system;
  token.system_implied = !pair.system.empty();
  token.text = pair.code;
  Emit(action, token);
}

void ValueCollector::ExistsNotFalse(const r4::ActionRow& action, const json::Value& value) {
  bool result = false;
  for (std::size_t i = 0; i < action.step_count; ++i) {
    const auto found = value.Find(r4::View(r4::kSteps[action.first_step + i].name));
    if (found && !(found->is_boolean() && !found->boolean())) result = true;
  }
  EmitText(action, ValueKind::kToken, result ? "true" : "false");
}

void ValueCollector::ServerId(const r4::ActionRow& action, const json::Value& value) {
  if (options_->id.empty()) TokenText(action, value);
}

}  // namespace healthlake::fhir
