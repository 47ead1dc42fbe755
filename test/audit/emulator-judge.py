"""MiniStack's evaluator as a judge of its own: whom each set of policies lets in. Reads and writes JSON."""
import json
import sys

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document


def main() -> None:
    asked = json.load(sys.stdin)
    print(json.dumps([[user for user in asked["tried"] if allows(case, user)] for case in asked["cases"]]))


def allows(case: dict, user: str) -> bool:
    context = EvalContext(
        principal_arn="arn:aws:iam::000000000000:user/rita", principal_type="IAMUser", principal_account="000000000000",
        action="rds-db:connect", resource_arn=user, region="eu-west-1")
    policies = [parse(statements) for statements in case["policies"]]
    limits = [[parse(case["boundary"])]] if "boundary" in case else []
    return evaluate(context, policies, *limits).decision == "Allow"


def parse(statements: list) -> list:
    return parse_policy_document({"Statement": statements})


main()
