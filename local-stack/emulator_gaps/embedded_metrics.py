"""CloudWatch makes metrics of the log lines that are in its embedded metric format, and alarms of those. MiniStack
keeps the lines as text."""
import json

from ministack.services import cloudwatch, lambda_svc


def close() -> None:
    emit_logs = lambda_svc._emit_lambda_logs

    def _emit_lambda_logs(func, request_id, log_text, *more, **named):
        emit_logs(func, request_id, log_text, *more, **named)
        found = [document for line in (log_text or "").splitlines() for document in _document(line)]
        for document in found:
            _record(document)
        if found:
            cloudwatch._evaluate_all_alarms()

    lambda_svc._emit_lambda_logs = _emit_lambda_logs


def _document(line: str) -> list[dict]:
    try:
        document = json.loads(line)
    except ValueError:
        return []
    return [document] if isinstance(document, dict) and "_aws" in document else []


def _record(document: dict) -> None:
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for keys in directive["Dimensions"]:
            dimensions = {key: document[key] for key in keys}
            for metric in directive["Metrics"]:
                value = document[metric["Name"]]
                cloudwatch.record_metric(directive["Namespace"], metric["Name"], value, metric["Unit"], dimensions)
