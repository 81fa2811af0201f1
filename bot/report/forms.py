"""The forms in which texts name things of AWS: regular expressions whose group names are the keys of a report's ids.

They see plain text (`bot.report.plain`). Earlier forms are plainer and win over later ones. RE2 has no look-around, so
a form that must not take a look-alike consumes it in an alternative that has no group.
"""

API_ID = r"[a-z0-9]{10}"
REGION = (
    r"(?:us|eu|ap|sa|ca|me|af|il|cn|mx)(?:-gov|-iso[a-z]?)?"
    r"-(?:north|south|east|west|central)(?:east|west)?-[0-9]{1,2}"
)
UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
EXTENDED = r"[A-Za-z0-9_-]{10,40}={0,2}"
ARN = r"\barn:aws[a-z-]*"
VERB = r"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY)"
_NAME = r"[A-Za-z0-9_-]+"
_PATH = r"/[^\s\"'<>`,;|?#)\]\\]*"
_HOST = r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}"
_PRINCIPAL = r"(?:sts|iam)::[0-9]{12}:(?:assumed-role|federated-user|user|role)/[\w+=,.@/-]+"
_COMMON_STAGE = r"prod|production|dev|develop|development|stg|staging|test|qa|uat|live|beta|v[0-9]{1,2}"
_IS = r"[\"'`]?\s*[:=]\s*[\"'`]?"

EXECUTE_API_ARN = (
    rf"{ARN}:execute-api:(?:(?P<region>{REGION})|[^:\s\"']*):"
    rf"(?:(?P<account>[0-9]{{12}})|[*xX]+(?P<masked_account>[0-9]{{4}})|[^:\s\"']*):"
    rf"(?:(?P<api_id>{API_ID})|[^/\s:\"'<>]+)"
    rf"(?:/(?:authorizers/(?P<authorizer_id>[a-z0-9]{{6,10}})\b"
    rf"|(?P<stage>[A-Za-z0-9_$-]+|\*)(?:/(?P<method>{VERB}\b|\*)(?P<path>{_PATH})?)?))?"
)
_AFTER_HOST = rf"(?::[0-9]+)?(?:/(?P<stage>[A-Za-z0-9_$-]+)(?P<path>{_PATH})?)?"
_NOT_THE_ANSWER = (
    r"Endpoint Response Status Code:? [0-9]{3}|failed with status:? [0-9]{3}|Received response\. Status:? [0-9]{3}"
    r"|(?:integration|authori[sz]er?|authenticate|waf)[a-z_ .-]{0,20}status[a-z_]*[\"']?\s*[:=]\s*[\"']?[0-9]{3}"
)

FORMS: tuple[str, ...] = (
    # A refusal names the very call: method, path and API are the failing request's own.
    rf"on resource:? {EXECUTE_API_ARN}",
    # Execution logs: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    rf"HTTP Method: (?P<method>{VERB}), Resource Path: (?P<path>{_PATH})",
    rf"API-Gateway-Execution-Logs_(?P<api_id>{API_ID})(?:/(?P<stage>{_NAME}))?",
    rf"API Stage:? (?P<api_id>{API_ID})/(?P<stage>{_NAME})",
    rf"AmazonAPIGateway_(?P<api_id>{API_ID})\b",
    rf"method '(?P<method>{VERB}) (?P<path>{_PATH})' ",
    r"(?:Method completed with status|Gateway response type: [A-Z_0-9]+ with status code"
    r"|メソッド完了のステータス|方法已完成,\s?狀態碼為|方法完成,\s?狀態)\s?: ?(?P<status>[45][0-9]{2})\b",
    # Access logs, whose keys are the user's; these are the commonest.
    rf"(?i:http_?method|request_?method|\bmethod|verb){_IS}(?P<method>{VERB})\b",
    rf"(?i:resource_?path){_IS}(?P<path>{_PATH})",
    rf"(?i:route_?key){_IS}(?P<method>{VERB}) (?P<path>{_PATH})",
    rf"(?i:\b(?:http_?|request_?|raw_?)?(?:path|uri)){_IS}(?P<raw_path>{_PATH})",
    rf"(?i:(?:rest_?-?)?\bapi_?-?id){_IS}(?P<api_id>{API_ID})\b",
    rf"(?i:rest[_-]?api[_-]?id[\"'`]?\s*[:=]?\s*[\"'`]?)(?P<api_id>{API_ID})\b",
    rf"API-Gateway-Access-Logs_(?P<api_id>{API_ID})(?:/(?P<stage>{_NAME}))?",
    rf"(?i:x-amzn-apigateway-api-id){_IS}(?P<api_id>{API_ID})\b",
    rf"(?i:\bstage(?:[_-]?name)?){_IS}(?P<stage>{_NAME})",
    r"(?i:stage-name) (?P<stage>[A-Za-z0-9_-]+)",
    # The same as XML, and as the common log format and commas part them.
    rf"<(?i:http_?method|method)>(?P<method>{VERB})<",
    r"<(?i:resource_?path)>(?P<path>/[^<\s]*)<",
    r"<(?i:status)>(?P<status>[45][0-9]{2})<",
    rf"<(?i:extended_?request_?id)>(?P<extended_request_id>{EXTENDED})<",
    rf"<request id=[\"'](?P<request_id>{UUID})[\"']",
    rf" HTTP/[0-9.]+\"? [0-9]{{3}} \S{{1,20}} (?P<request_id>{UUID})\b",
    rf",(?P<method>{VERB}),(?P<path>/[^,\s]*),HTTP/[0-9.]+,(?P<status>[45][0-9]{{2}}),[^,\s]{{1,12}},"
    rf"(?P<request_id>{UUID}|[A-Za-z0-9_-]{{12,20}}=)(?:,(?P<extended_request_id>{EXTENDED}))?",
    # Addresses. The host of a VPC endpoint alone names no API.
    rf"\b(?P<api_id>{API_ID})(?:-vpce-[0-9a-z]+)?\.execute-api\.(?P<region>{REGION})"
    rf"\.(?:vpce\.)?amazonaws\.com(?:\.cn)?{_AFTER_HOST}",
    rf"\bvpce-[0-9a-z-]+\.execute-api\.(?P<region>{REGION})\.vpce\.amazonaws\.com(?:\.cn)?{_AFTER_HOST}",
    rf"/restapis/(?P<api_id>{API_ID})/(?P<stage>{_NAME})/_user_request_(?P<path>{_PATH})?",
    rf"{ARN}:apigateway:(?P<region>{REGION})::/(?:restapis|apis)/(?P<api_id>{API_ID})(?:/stages/(?P<stage>{_NAME}))?",
    rf"/(?:restapis|apis)/(?P<api_id>{API_ID})\b(?:/stages/(?P<stage>{_NAME}))?",
    rf"(?i:Invalid API identifier specified) (?P<account>[0-9]{{12}}):(?P<api_id>{API_ID})\b",
    # Terraform's own ids of stages, methods and integrations.
    rf"\bags?-(?P<api_id>{API_ID})-(?P<stage>[A-Za-z0-9_-]+)",
    rf"\bag(?:m|mr|i|ir)-(?P<api_id>{API_ID})-[a-z0-9]{{6,10}}-(?P<method>{VERB})\b",
    rf"(?i:rest_?api[^\s:]{{0,80}}): .{{0,60}}\[id=(?P<api_id>{API_ID})\]",
    # What a client shows of its own call: curl, browsers, HTTP libraries.
    rf"[\s\"'](?P<method>{VERB}) (?P<raw_path>{_PATH})(?:\?\S*)? HTTP/",
    rf"(?:-X ?|--request |--http-method )[\"']?(?P<method>{VERB})\b",
    rf"\b(?P<method>{VERB}) (?:request (?:to|for) )?[\"'<]?(?:https?|wss?)://",
    rf"\b(?P<method>{VERB}) (?P<raw_path>/[A-Za-z0-9{{][^\s\"'<>`,;|?#)\]\\]*)",
    rf"\b(?P<method>{VERB}) (?P<root>/)(?:\s|$)",
    EXECUTE_API_ARN,
    # Functions, roles, accounts.
    rf"(?P<function_arn>{ARN}:lambda:(?P<region>{REGION}):(?P<account>[0-9]{{12}}):function:"
    r"(?P<function_name>[A-Za-z0-9_-]{1,140})(?::(?:[A-Za-z0-9_-]+|\$LATEST))?)(?P<unresolved>:?[$<{])?",
    r"/aws/lambda/(?P<function_name>[A-Za-z0-9_-]{1,140})",
    rf"(?i:\b(?:lambda ?)?function[ _-]?name){_IS}(?P<function_name>[A-Za-z0-9_-]{{1,140}})\b",
    r"--function-name [\"']?(?P<function_name>[A-Za-z0-9_-]{1,140})",
    rf"(?P<role_arn>{ARN}:iam::(?P<account>[0-9]{{12}}):role/[\w+=,.@/-]+)",
    rf"\blambda\.(?P<region>{REGION})\.amazonaws\.com",
    rf"/[0-9]{{8}}/(?P<region>{REGION})/execute-api/aws4_request",
    rf"(?i:\bregion|--region|リージョン|區域|区域|región|regiao){_IS}(?P<region>{REGION})\b",
    r"\b(?P<account>[0-9]{12}):(?:API-Gateway-Execution-Logs_|/aws/)",
    rf"{ARN}:[a-z0-9-]+:(?P<region>{REGION}):(?P<account>[0-9]{{12}}):",
    rf"{ARN}:[a-z0-9-]+::(?P<account>[0-9]{{12}}):",
    r"(?i:\baccount(?:[ _-]?id)?|アカウント(?: ?ID)?|帳戶|帳號|账户|账号|\bcuenta)[\"'`]?"
    r"\s*(?:is|=|:|は|為|为|是|es|\()?\s*[\"'`]?(?P<account>[0-9]{12})\b",
    r"(?i:starting authorizer: |authorizers/|authorizer[_ -]?id[\"'`]?\s*[:=]?\s*[\"'`]?)"
    r"(?P<authorizer_id>[a-z0-9]{6,10})\b",
    # Requests. `x-amzn-RequestId=` with an equals sign is the endpoint's own, as is "Lambda request id".
    rf"(?i:x-amzn-requestid)[\"']?\s*:\s*[\"']?(?P<request_id>{UUID})",
    rf"(?i:apigw-requestid)[\"']?\s*:\s*[\"']?(?P<request_id>{EXTENDED})",
    rf"(?:Unauthorized request|explicit deny|execution for request|Usage Plan for request|log for request):? "
    rf"(?P<request_id>{UUID})",
    rf"[\"'](?i:request_?id)[\"']\s*:\s*[\"'](?P<request_id>{UUID}|[A-Za-z0-9_-]{{12,20}}={{1,2}})[\"']",
    rf"(?i:lambda request id: \S+|(?:start|end|report) requestid: \S+|\brequest[ _-]id"
    rf"(?:{_IS}| (?:is |was )?)(?P<request_id>{UUID}))",
    rf"(?:^|[\s,;{{])(?i:request_?id)=(?P<request_id>{UUID})\b",
    rf"\((?P<request_id>{UUID})\) ",
    rf"(?i:x-amz-apigw-id)[\"']?\s*:\s*[\"']?(?P<extended_request_id>{EXTENDED})",
    rf"(?i:extended[ _-]?request[ _-]?id){_IS}(?P<extended_request_id>{EXTENDED})",
    r"\((?P<extended_request_id>[A-Za-z0-9_-]{12,20}=)\) ",
    # Status, from the plainest to the chattiest.
    r"HTTP/[0-9.]+[\"']? (?P<status>[45][0-9]{2})\b",
    rf"(?i:{_NOT_THE_ANSWER}|[\"'](?:http_?|response_?)*status(?:_?code)?[\"']\s*:\s*[\"']?(?P<status>[45][0-9]{{2}})\b)",
    rf"(?i:{_NOT_THE_ANSWER}|\b(?:(?:response|http)[ _-]?)?(?:status|estado)(?: ?_?code)?(?: of)?\s*[:=]?[\s*]*"
    rf"[\"'(]?(?P<status>[45][0-9]{{2}})\b)",
    rf"(?i:{_NOT_THE_ANSWER})|"
    r"(?i:\b(?:http|response code|server response|error|errores|got an?|gets?(?: an?)?|getting(?: an?)?"
    r"|returns?(?: an?)?|says?|said|answers?(?: with)?|gives?(?: an?)?|throws?(?: an?)?|responde|devuelve|"
    r"returned(?: an?)?|código|un|with an?|an|a)[\s:=(]*|\()(?P<status>[45][0-9]{2})\b",
    rf"(?i:{_NOT_THE_ANSWER})|"
    r"\b(?P<status>[45][0-9]{2})\)? ?(?i:\(?(?:error|forbidden|unauthori|internal|bad gateway|gateway|too many|"
    r"service|not found|response|request|unsupported|missing|"
    r"client error|server error|エラー|が|を|で|に|の|未|認可|禁止|錯誤|错误|prohibid|no autorizado))",
    r"(?i:エラー|錯誤|错误|回傳|回|收到|ステータス(?:コード)?|狀態碼|代碼)\s?:?\s?(?P<status>[45][0-9]{2})\b",
    r"https?://\S+ (?:net::[A-Z_]+ )?(?P<status>[45][0-9]{2})(?: \([A-Za-z-]*\))?(?:\s|$)",
    r"(?:^|[\s(:>])(?P<status>[45][0-9]{2})\)?:? ?(?:\{ ?\"|</td>)",
    r"\"\} ?\(?(?P<status>[45][0-9]{2})\)?\s*$",
    # Chat.
    rf"(?i:\bid (?:de la|of the|of|del?) (?:rest )?api|"
    rf"\b(?:rest |http )?api(?: gateway)?(?: ?(?:id|identifier|識別碼))?)"
    rf"[\s:=は為为がのを是#\"'`(「]*(?i:is |es |named |called )?[\"'`(]?(?P<spoken_api_id>{API_ID})\b",
    r"::Stage\b|(?i:\bstage|ステージ|階段|阶段|etapa)[\s:=はの「\"'`(]+(?P<spoken_stage>[A-Za-z0-9_-]+)",
    rf"[\"'`「]?\b(?P<stage>{_COMMON_STAGE})\b"
    r"[\"'`」]?(?i: stage| ?ステージ| ?階段| ?阶段| ?스테이지)",
    r"(?i:\bstage is live)|(?:(?i:\bstage(?: name)? (?:is|was)|etapa es)|ステージは|(?:階段|阶段) ?[是為为])"
    rf" ?[\"'`「]?(?P<stage>{_COMMON_STAGE})(?:$|[^A-Za-z0-9_-])",
    r"(?:(?i:\bstage (?:is |was )?(?:named|called)|etapa se llama|nombre de la etapa es) |ステージ名 ?[は:]"
    r"|(?:階段|阶段)(?:名稱|名称|名) ?[是為为:]) ?[\"'`「]?(?P<spoken_stage>[A-Za-z][A-Za-z0-9_-]*)",
    rf"(?:^|[^A-Za-z0-9.-])(?P<region>{REGION})\b",
)

ADDRESSES: tuple[str, ...] = (
    # A custom domain is any host, so these count only where the text is about API Gateway anyway.
    rf"(?i:\bdomain_?-?name){_IS}(?P<domain>{_HOST})",
    rf"(?i:custom domain(?: name)?|カスタムドメイン(?:名)?|自訂網域(?:名稱)?|dominio personalizado)"
    rf"[\s:=はの「\"'`(]+(?P<domain>{_HOST})",
    r"(?:Sending request to|Endpoint request URI:|Endpoint request to|origin|Origin:|[Rr]eferer:|Location:)"
    rf"[ '\"<]*https?://\S+|\b(?i:https?|wss?)://(?P<domain>{_HOST})(?::[0-9]+)?(?P<path>{_PATH})?",
    rf"(?i:> host): (?P<domain>{_HOST})",
)

_NOT_OF_THE_CALL = (
    r"[\"'][\w.-]{0,40}(?i:latenc|length|size|bytes|duration|time|count|limit|port|lambda|integration|authorizer|authenticate"
    r"|authorize|waf|endpoint|backend|trace|tenant|client|user|principal|event|message|correlation|session|origin|referer)"
    r"[\w.-]{0,40}[\"']\s*:"
)
_ANY_KEY = r"[\"'][\w.:$-]{1,40}[\"']\s*:\s*"

RECORDS: tuple[str, ...] = (
    # Inside a record of an access log only: its keys are the user's, so that what a value looks like has to tell.
    rf"{_NOT_OF_THE_CALL}|{_ANY_KEY}[\"'](?P<method>{VERB})[\"']",
    rf"{_NOT_OF_THE_CALL}|{_ANY_KEY}[\"'](?:(?P<method>{VERB}) )?(?P<raw_path>{_PATH})[\"']",
    rf"{_NOT_OF_THE_CALL}|{_ANY_KEY}[\"']?(?P<status>[45][0-9]{{2}})[\"']?\s*[,}}]",
    rf"{_NOT_OF_THE_CALL}|{_ANY_KEY}[\"'](?P<request_id>{UUID})[\"']",
    rf"{_NOT_OF_THE_CALL}|{_ANY_KEY}[\"'](?P<extended_request_id>[A-Za-z0-9_-]{{14,18}}=)[\"']",
)

# What else stands in a log next to who called and from where: a policy's own values are nobody's call.
_NO_CALLER = (
    r"[\"'](?i:aws|[\w:.-]{0,40}(?:principal|owner|creat|modif|credential|resource|role_?arn)[\w:.-]{0,40})[\"']"
)
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_ADDRESS = (
    rf"(?P<source_ip>{_BYTE}(?:\.{_BYTE}){{3}}|[0-9a-fA-F]{{1,4}}(?::[0-9a-fA-F]{{0,4}}){{2,7}})"
    r"(?P<no_address>[\w/.][0-9])?"
)
_ENDPOINT = r"(?P<vpc_endpoint>vpce-(?:[0-9a-f]{17}|[0-9a-f]{8}))"
_OF_A_POLICY = r"aws:(?:Vpc)?Source(?:Ip|Vpce?)\b"

CALLERS: tuple[str, ...] = (
    rf"(?i:user|使用者|ユーザー|usuario): ?(?P<caller>{ARN}:{_PRINCIPAL})",
    rf"(?P<caller>{ARN}:{_PRINCIPAL}) is not authorized to perform: ?execute-api:",
    rf"(?i:user_?-?arn|identity\.?_?-?arn){_IS}(?P<caller>{ARN}:{_PRINCIPAL})",
    # Access logs, whose keys are the user's: no other of their values is the ARN of a session or of a user.
    rf"{_NO_CALLER}\s*:|[\"'][\w.:-]{{1,60}}[\"']\s*:\s*[\"'](?P<caller>{ARN}:(?:sts|iam)::[0-9]{{12}}:"
    r"(?:assumed-role|federated-user|user)/[\w+=,.@/-]+)[\"']",
)

SOURCES: tuple[str, ...] = (
    rf"{_OF_A_POLICY}|(?i:(?:source|client|caller|remote|src|user|origin)[_. -]?(?:ip|addr)(?:[_ -]?addr(?:ess)?)?"
    rf"|(?:^|[^\w.:-])ip(?:[_ -]?address)?|identity\.sourceip)(?:{_IS}| is |>){_ADDRESS}",
    # The common log format, and comma-separated values as the console proposes them.
    rf"(?:^|[\s\"'(]){_ADDRESS} \S{{1,300}} \S{{1,300}} \[[0-9]{{1,2}}/[A-Z][a-z]{{2}}/20[0-9]{{2}}:",
    rf"(?:^|[\s\"']){_ADDRESS},[^,\s]{{1,300}},[^,\s]{{1,300}},[0-9]{{1,2}}/[A-Z][a-z]{{2}}/20[0-9]{{2}}:",
    # Execution logs: API Gateway appends the address it sees, so that one alone is the caller's.
    rf"X-Forwarded-For={_ADDRESS}(?:[,;}}] ?[A-Za-z]|[}}\]]|$)",
    rf"(?i:送信元 ?IP(?: ?アドレス)?|來源 ?IP(?: ?位址)?|源 ?IP(?: ?地址)?|IP de origen"
    rf"|(?:my|our|caller'?s?|client'?s?) (?:public |own |office |home |egress |nat )*ip(?: address)?"
    rf"|(?:from|desde|calling from) (?:the |our |la )?ip"
    rf"(?: address)?)[\s:=は為为是\"'`(]*(?i:is |es |was )?[\"'`(]?{_ADDRESS}",
    rf"\b(?:{API_ID}-){_ENDPOINT}\.execute-api\.",
    rf"\b{_ENDPOINT}-[0-9a-z]{{8}}(?:-[a-z0-9-]{{1,20}})?\.execute-api\.",
    rf"{_OF_A_POLICY}|(?i:x-amzn-vpce-id|(?:source_?|identity\.)?vpce_?-?(?:id)?|vpc_?-?endpoint(?:_?-?id)?){_IS}{_ENDPOINT}\b",
)
"""Where a call came from."""
