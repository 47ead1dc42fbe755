"""The condition key dynamodb:LeadingKeys holds the partition keys that a request names. MiniStack leaves it out, so
that a condition on it is never tested."""
import json
import re

from ministack.core import iam_actions
from ministack.services import dynamodb


def close() -> None:
    other_keys = iam_actions.dynamodb_service_context

    def dynamodb_service_context(body: bytes) -> dict:
        context = other_keys(body)
        keys = _leading_keys(body)
        return {**context, "dynamodb:LeadingKeys": keys} if keys else context

    iam_actions.dynamodb_service_context = dynamodb_service_context


def _leading_keys(body: bytes) -> list[str]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return []
    if not isinstance(request, dict):
        return []
    found = [
        _text(item.get(_partition_key(table)))
        for table, item in [*_single(request), *_query(request), *_transaction(request), *_batch(request)]
    ]
    return [key for key in found if key is not None]


def _single(request):
    item = request.get("Key") or request.get("Item")
    if isinstance(item, dict):
        yield request.get("TableName"), item


def _query(request):
    """The equalities of the key condition, as an item that holds them."""
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    equalities = re.findall(r"([#\w]+)\s*=\s*(:\w+)", request.get("KeyConditionExpression") or "")
    yield request.get("TableName"), {names.get(name, name): values.get(value) for name, value in equalities}


def _transaction(request):
    for entry in request.get("TransactItems") or []:
        for part in entry.values():
            yield part.get("TableName"), part.get("Key") or part.get("Item") or {}


def _batch(request):
    for table, content in (request.get("RequestItems") or {}).items():
        for key in content.get("Keys", []) if isinstance(content, dict) else []:
            yield table, key
        for entry in content if isinstance(content, list) else []:
            for part in entry.values():
                yield table, part.get("Key") or part.get("Item") or {}


def _partition_key(table_name) -> str:
    table = dynamodb._tables.get(str(table_name).rsplit("/", 1)[-1]) or {}
    schema = table.get("KeySchema", [])
    return next((key["AttributeName"] for key in schema if key["KeyType"] == "HASH"), "")


def _text(value):
    return next(iter(value.values())) if isinstance(value, dict) and value else None
