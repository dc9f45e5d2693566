using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Orchestrator.Agents;
using Yarp.ReverseProxy.Forwarder;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>Takes the agent's placeholder off a request and puts the real key on; nothing that names this host goes along.</summary>
internal sealed class KeySwap(ModelApi api, string? key, RefusalWatch refusals) : HttpTransformer
{
    private const string ApiKey = "x-api-key";

    /// <summary>Whether the request presents the placeholder, in either header that the CLIs use.</summary>
    public static bool Presents(HttpRequest request, string placeholder) =>
        request.Headers[ApiKey] == placeholder || request.Headers.Authorization == $"Bearer {placeholder}";

    /// <inheritdoc />
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        // What is compressed cannot be counted as it passes.
        foreach (var header in (string[])[HeaderNames.AcceptEncoding, ApiKey, HeaderNames.Authorization, HeaderNames.Cookie, HeaderNames.TraceParent, HeaderNames.TraceState, HeaderNames.Baggage])
            proxyRequest.Headers.Remove(header);
        proxyRequest.Headers.Host = null;
        if (key is null)
            return;
        if (api == ModelApi.Anthropic)
            proxyRequest.Headers.TryAddWithoutValidation(ApiKey, key);
        else
            proxyRequest.Headers.TryAddWithoutValidation(HeaderNames.Authorization, $"Bearer {key}");
    }

    /// <inheritdoc />
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var copyBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        httpContext.Response.Headers.Remove(HeaderNames.SetCookie);
        // A call that the agent gave up says nothing of the upstream.
        if (HttpMethods.IsPost(httpContext.Request.Method) && !httpContext.RequestAborted.IsCancellationRequested)
            refusals.See(proxyResponse);
        if (proxyResponse is not null && httpContext.Features.Get<MeteredCall>() is { } call)
        {
            if (proxyResponse.IsSuccessStatusCode)
                proxyResponse.Content = new MeteredContent(proxyResponse.Content, call);
            else
                call.Refuse();
        }

        return copyBody;
    }
}
