"""A filter of CloudWatch Logs between percent signs is a regular expression (CloudWatch Logs User Guide, "Supported regular
expressions (regex) syntax"). MiniStack looks for its words instead."""
import re

from ministack.services import cloudwatch_logs


def close() -> None:
    matches = cloudwatch_logs._subscription_pattern_matches

    def _subscription_pattern_matches(pattern, message):
        text = (pattern or "").strip()
        if len(text) > 2 and text[0] == text[-1] == "%":
            return re.search(text[1:-1], message or "") is not None
        return matches(pattern, message)

    cloudwatch_logs._subscription_pattern_matches = _subscription_pattern_matches
